import { describe, expect, it } from 'vitest';
import { objectsOn, passLength, planTrack, repeatsItsStart } from './track-plan.ts';

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

  it('both ways, only the prompted frame at which the passes part is visited twice', () => {
    const [forward, backward] = planTrack([a, b], 100, 'both', null, null);
    expect(repeatsItsStart(backward!, [forward!])).toBe(true);
    expect(repeatsItsStart(forward!, [])).toBe(false);
    // Beyond the range that goes forward there is nothing to repeat.
    expect(repeatsItsStart(backward!, [{ ...forward!, end: 15 }])).toBe(false);
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
