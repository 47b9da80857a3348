import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameQueue } from './frame-queue.ts';
import { FrameRing } from './frame-ring.ts';

const frameOf = (frame: number, bytes: number) => ({
  frame,
  timeMs: frame * 40,
  display: new Uint8Array(bytes),
  model: new Uint8Array(1).fill(frame & 255),
});

describe('the ring of live frames', () => {
  it('holds the newest frames within its budget, by number, whatever their sizes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(60), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 300 }),
        fc.nat(1000),
        (sizes, budget, first) => {
          const ring = new FrameRing(budget);
          sizes.forEach((bytes, i) => {
            ring.push(frameOf(first + i, bytes));
            const { from, to } = ring.range!;
            expect(to).toBe(first + i);
            let sum = 0;
            for (let frame = from; frame <= to; frame++) {
              expect(ring.get(frame)?.frame).toBe(frame);
              sum += sizes[frame - first]! + 1;
            }
            expect(ring.bytes).toBe(sum);
            if (to > from) expect(sum).toBeLessThanOrEqual(budget);
            // No frame left that would have had room.
            if (from > first) expect(sum + sizes[from - 1 - first]! + 1).toBeGreaterThan(budget);
            expect([ring.get(from - 1), ring.get(to + 1)]).toEqual([undefined, undefined]);
          });
        },
      ),
    );
  });

  it('holds no more frames than it may, and gives them by time and from the end, shared and not copied', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 90 }),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(40),
        fc.nat(50_000),
        (steps, most, count, asked) => {
          const ring = new FrameRing(1e9, most);
          let timeMs = 0;
          const all = steps.map((step, frame) => {
            timeMs += step;
            return { ...frameOf(frame, 4), timeMs };
          });
          for (const frame of all) ring.push(frame);
          const held = all.slice(-most);
          expect(ring.range).toEqual({ from: held[0]!.frame, to: held.at(-1)!.frame });
          const newest = ring.last(count);
          expect(newest).toEqual(count === 0 ? [] : held.slice(-count));
          for (const frame of newest) expect(frame.display).toBe(all[frame.frame]!.display);
          expect(ring.at(asked)).toBe(held.findLast((frame) => frame.timeMs <= asked));
        },
      ),
    );
  });

  it('keeps what the model sees of frames with prompts, and not of endlessly many', () => {
    const ring = new FrameRing(10);
    for (let frame = 0; frame < 100; frame++) {
      ring.push(frameOf(frame, 8));
      ring.pin(frame, ring.modelFrame(frame)!);
    }
    expect([ring.modelFrame(99)?.[0], ring.modelFrame(80)?.[0], ring.modelFrame(20)]).toEqual([99, 80, undefined]);
  });
});

describe('the queue before the tracker', () => {
  it('drops the oldest and counts it', async () => {
    const queue = new FrameQueue<number>(3);
    const waited = queue.wait();
    for (let i = 0; i < 10; i++) queue.put(i);
    await waited;
    expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([7, 8, 9, null]);
    expect(queue.dropped).toBe(7);
  });
});
