import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrackedFrames } from './tracked-frames.ts';

describe('TrackedFrames', () => {
  it('remembers directions like a map', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3000), fc.constantFrom('forward', 'reverse', 'delete'))), (steps) => {
        const frames = new TrackedFrames();
        const model = new Map<number, boolean>();
        for (const [frame, kind] of steps) {
          if (kind === 'delete') {
            frames.delete(frame);
            model.delete(frame);
          } else {
            frames.set(frame, kind === 'reverse');
            model.set(frame, kind === 'reverse');
          }
        }
        for (const [frame] of steps) expect(frames.get(frame)?.reverse).toBe(model.get(frame));
      }),
    );
  });
});
