import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectsOn, passLength, planTrack, RunFrames } from './track-plan.ts';

const a = { id: 1, conditioning: [10, 30] };
const b = { id: 2, conditioning: [20] };

describe('planTrack', () => {
  it('goes forward from each first prompt', () => {
    const [pass] = planTrack([a, b], 100, 'forward', null, null);
    expect(pass).toMatchObject({ reverse: false, start: 10, end: 99 });
    expect([objectsOn(pass!, 10), objectsOn(pass!, 20)]).toEqual([[1], [1, 2]]);
    expect(passLength(pass!)).toBe(90);
  });

  it('goes backward from each last prompt', () => {
    const [pass] = planTrack([a, b], 100, 'backward', null, 5);
    expect(pass).toMatchObject({ reverse: true, start: 30, end: 5 });
    expect([objectsOn(pass!, 25), objectsOn(pass!, 20)]).toEqual([[1], [1, 2]]);
  });

  it('goes both ways from the first prompt', () => {
    expect(planTrack([a, b], 100, 'both', null, null).map(({ reverse, start, end }) => [reverse, start, end])).toEqual([
      [false, 10, 99],
      [true, 20, 0],
    ]);
  });

  it('keeps to a range, and leaves out objects that have no prompt in reach', () => {
    const [pass] = planTrack([a, b], 100, 'forward', 15, 18);
    expect(pass).toMatchObject({ start: 15, end: 18, objects: [{ id: 1, first: 15 }] });
  });

  it('refuses what can not be tracked', () => {
    expect(() => planTrack([{ id: 1, conditioning: [] }], 100, 'forward', null, null)).toThrow(/No object has a prompt/);
    expect(() => planTrack([b], 100, 'forward', null, 5)).toThrow(/outside the range/);
    expect(() => planTrack([b], 100, 'forward', null, 100)).toThrow(/Frame 100/);
  });
});

describe('RunFrames', () => {
  const frameCount = 60;
  const objects = fc.array(fc.uniqueArray(fc.nat(frameCount - 1), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });

  it('counts every frame of the range once, whatever is visited twice, and ends with all of them', () => {
    fc.assert(
      fc.property(objects, fc.constantFrom('forward', 'backward', 'both'), (prompts, direction) => {
        const planned = prompts.map((frames, i) => ({ id: i + 1, conditioning: frames.sort((x, y) => x - y) }));
        const passes = planTrack(planned, frameCount, direction, null, null);
        const count = new RunFrames(passes);
        const seen = new Set<number>();
        let visits = passes.reduce((sum, pass) => sum + passLength(pass), 0);
        let before = 0;
        for (const pass of passes) {
          for (let i = 0; i < passLength(pass); i++) {
            const frame = pass.start + (pass.reverse ? -i : i);
            seen.add(frame);
            count.visited(pass, frame);
            expect(count.visitsLeft).toBe(--visits);
            expect(count.done - before).toBeLessThanOrEqual(1);
            before = count.done;
          }
        }
        expect([count.done, count.total]).toEqual([seen.size, seen.size]);
      }),
    );
  });

  it('counts the prompted frame of a run both ways once', () => {
    expect(new RunFrames(planTrack([b], 241, 'both', null, null)).total).toBe(241);
  });
});
