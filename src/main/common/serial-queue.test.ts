import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SerialQueue } from './serial-queue.ts';

it('runs work one piece at a time in the order given, whatever fails', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ turns: fc.nat(3), fails: fc.boolean() }), { maxLength: 12 }), async (pieces) => {
      const queue = new SerialQueue();
      const order: number[] = [];
      let running = 0;
      const results = pieces.map(({ turns, fails }, index) =>
        queue.run(async () => {
          expect(running++).toBe(0);
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
          running--;
          order.push(index);
          if (fails) throw new Error(String(index));
          return index;
        }),
      );
      const ends = await Promise.allSettled(results);
      expect(order).toEqual(pieces.map((_, index) => index));
      expect(ends.map(({ status }) => status === 'rejected')).toEqual(pieces.map(({ fails }) => fails));
    }),
  );
});
