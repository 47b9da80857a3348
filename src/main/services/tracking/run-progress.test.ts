import { describe, expect, it } from 'vitest';
import { planTrack } from '../../engine/pipeline/track-plan.ts';
import { type ObjectRecord, withPrompt } from '../session/object-list.ts';
import { RunProgress } from './run-progress.ts';

const object = (id: number, ...frames: number[]): ObjectRecord =>
  frames.reduce<ObjectRecord>(
    (made, frame) => withPrompt(made, frame, { frame, points: [{ x: 1, y: 1, label: 1 }], box: null, mask: null }),
    { id, name: '', color: '#000000', visible: true, solo: false, locked: false, maskKey: id, prompts: [] },
  );

const plan = (objects: ObjectRecord[], direction: 'forward' | 'backward' | 'both', resume: ReturnType<RunProgress['resume']>) =>
  planTrack(
    objects.map(({ id, prompts }) => ({ id, conditioning: prompts.map(({ frame }) => frame).sort((a, b) => a - b) })),
    100,
    direction,
    null,
    null,
    resume,
  ).map(({ reverse, end, objects: firsts }) => ({ reverse, end, firsts: Object.fromEntries(firsts.map(({ id, first }) => [id, first])) }));

const visit = (progress: RunProgress, reverse: boolean, frames: number[], ids: number[]): void => {
  for (const frame of frames) progress.visited({ frame, reverse, results: ids.map((objectId) => ({ objectId })) });
};

describe('a run that was paused', () => {
  const a = object(1, 0);
  const b = object(2, 20);

  it('begins anew when no frame was visited', () => {
    expect(new RunProgress('forward', [a]).resume([a], [a])).toBeNull();
  });

  it('goes on behind the last frame, objects that joined later where they are', () => {
    const progress = new RunProgress('forward', [a, b]);
    visit(progress, false, [18, 19], [1]);
    expect(plan([a, b], 'forward', progress.resume([a, b], [a, b]))).toEqual([{ reverse: false, end: 99, firsts: { 1: 20, 2: 20 } }]);
    visit(progress, false, [20, 21], [1, 2]);
    expect(plan([a, b], 'forward', progress.resume([a, b], [a, b]))).toEqual([{ reverse: false, end: 99, firsts: { 1: 22, 2: 22 } }]);
  });

  it('takes a corrected object back to the correction, and no other', () => {
    const progress = new RunProgress('forward', [a, b]);
    visit(progress, false, [39, 40], [1, 2]);
    const corrected = withPrompt(b, 30, object(2, 30).prompts[0]!);
    expect(plan([a, corrected], 'forward', progress.resume([a, b], [a, corrected]))[0]!.firsts).toEqual({ 1: 41, 2: 30 });
    expect(progress.passed.size).toBe(0);
  });

  it('follows an object that was made meanwhile from its first prompt', () => {
    const progress = new RunProgress('forward', [a]);
    visit(progress, false, [39, 40], [1]);
    const made = object(3, 38);
    expect(plan([a, made], 'forward', progress.resume([a], [a, made]))[0]!.firsts).toEqual({ 1: 41, 3: 38 });
  });

  it('both ways goes on in the pass it was in', () => {
    const [c, d] = [object(1, 50), object(2, 30)];
    const progress = new RunProgress('both', [c, d]);
    visit(progress, false, [50, 99], [1, 2]);
    // Ended forward, not yet begun backward: the way back is planned as always.
    expect(plan([c, d], 'both', progress.resume([c, d], [c, d]))).toEqual([{ reverse: true, end: 0, firsts: { 1: 50, 2: 30 } }]);
    visit(progress, true, [50, 49, 48], [1]);
    const further = withPrompt(d, 10, object(2, 10).prompts[0]!);
    // A prompt further along does not move where the object begins.
    expect(plan([c, further], 'both', progress.resume([c, d], [c, further]))).toEqual([
      { reverse: true, end: 0, firsts: { 1: 47, 2: 30 } },
    ]);
  });

  it('tells of a correction where it does not come again', () => {
    const c = object(1, 50);
    const progress = new RunProgress('both', [c]);
    visit(progress, false, [50, 99], [1]);
    visit(progress, true, [50, 20], [1]);
    const corrected = withPrompt(c, 70, object(1, 70).prompts[0]!);
    expect(plan([corrected], 'both', progress.resume([c], [corrected]))[0]!.firsts).toEqual({ 1: 19 });
    expect([...progress.passed]).toEqual([1]);
  });

  it('has nothing left when every object is through or gone', () => {
    const progress = new RunProgress('backward', [a]);
    visit(progress, true, [1, 0], [1]);
    expect(plan([a], 'backward', progress.resume([a], [a]))).toEqual([]);
    expect(plan([], 'backward', progress.resume([a], []))).toEqual([]);
  });
});
