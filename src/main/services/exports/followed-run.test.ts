import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FollowedRun } from './followed-run.ts';

/** Which of the waits have resolved. */
const settled = async (waits: readonly Promise<void>[]): Promise<boolean[]> => {
  const seen = waits.map(() => false);
  waits.forEach((wait, i) => {
    void wait.then(() => {
      seen[i] = true;
    });
  });
  await new Promise(setImmediate);
  return seen;
};

describe('FollowedRun', () => {
  it('lets a frame go when no later one can amend it, and every frame at the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.array(fc.nat(60), { maxLength: 10 }), fc.nat(50), async (lag, frames, tracked) => {
        const run = new FollowedRun(lag);
        const early = frames.map((frame) => run.until(frame));
        for (let frame = 0; frame <= tracked; frame++) run.passed(frame);
        const late = frames.map((frame) => run.until(frame));
        const expected = frames.map((frame) => frame + lag <= tracked);
        expect(await settled(early)).toEqual(expected);
        expect(await settled(late)).toEqual(expected);
        run.end({ last: tracked, partial: true });
        await Promise.all([...early, ...late]);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps to the first end', async () => {
    const run = new FollowedRun(0);
    run.end({ last: 3, partial: true });
    run.end({ last: 9, partial: false });
    expect(await run.ended()).toEqual({ last: 3, partial: true });
  });
});
