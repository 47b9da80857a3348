/** Looking at a live source: the newest picture alone, as often as there is time, and never none for two seconds. */
import { describe, expect, it } from 'vitest';
import { LiveFinder, type LiveLook, type LiveView, type LookTimes } from './live-finder.ts';

const view = (frame: number): LiveView => ({ frame, timeMs: frame * 40, image: new Uint8Array(3), others: [], sourceFps: 25 });
const flush = () => new Promise((done) => setImmediate(done));

/** @param cost of a picture, and of a prompt, ms */
const setUp = (cost = { frameMs: 20, promptMs: 5 }) => {
  let nowMs = 0;
  const looks: (LiveLook & { frame: number })[] = [];
  const answered: number[] = [];
  const failures: unknown[] = [];
  let waiting: { resolve: (times: LookTimes) => void; reject: (error: Error) => void } | null = null;
  const finder = new LiveFinder<LookTimes>({
    targetFps: 10,
    look: ({ frame }, look) => {
      looks.push({ frame, ...look });
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
      });
    },
    onAnswer: async (frame) => {
      answered.push(frame);
    },
    onFailed: (error) => failures.push(error),
    now: () => nowMs,
  });
  const answer = async (): Promise<void> => {
    const prompts = looks.at(-1)!.budget;
    waiting!.resolve({ trackMs: cost.frameMs, lookMs: prompts * cost.promptMs, prompts });
    await flush();
  };
  const see = async (frame: number, byMs = 100): Promise<void> => {
    nowMs += byMs;
    finder.see(view(frame));
    await flush();
  };
  return { finder, looks, answered, failures, see, answer, fail: () => waiting!.reject(new Error('no memory')) };
};

describe('a search on a live source', () => {
  it('looks at one picture at a time, and then at the newest; to the tracker they are one clip', async () => {
    const { looks, answered, see, answer } = setUp();
    for (const frame of [7, 8, 9]) await see(frame);
    expect(looks.map(({ frame }) => frame)).toEqual([7]);
    await answer();
    expect(answered).toEqual([7]);
    expect(looks.map(({ frame, step }) => [frame, step])).toEqual([
      [7, 0],
      [9, 1],
    ]);
  });

  it('spends the time that is left at the target rate, and runs a detector once a second', async () => {
    const { looks, see, answer } = setUp({ frameMs: 40, promptMs: 12 });
    for (let frame = 0; frame < 31; frame++) {
      await see(frame);
      await answer();
    }
    expect(looks.filter(({ detects }) => detects).map(({ frame }) => frame)).toEqual([0, 10, 20, 30]);
    // 100 ms less a tenth and 40 ms leaves 50 ms: four prompts.
    expect(new Set(looks.filter(({ detects, frame }) => !detects && frame > 1).map(({ budget }) => budget))).toEqual(new Set([4]));
  });

  it('makes a prompt after two seconds however late it is', async () => {
    const { looks, see, answer } = setUp({ frameMs: 500, promptMs: 50 });
    for (let frame = 0; frame < 9; frame++) {
      await see(frame, 500);
      await answer();
    }
    const quiet = looks.filter(({ detects }) => !detects);
    expect(quiet.every(({ budget }) => budget === 0)).toBe(true);
    for (const [at, { budget }] of looks.entries())
      if (budget === 0) expect(looks.slice(at, at + 4).some((look) => look.budget > 0)).toBe(true);
  });

  it('ends with a failure, which is told once', async () => {
    const { finder, looks, failures, see, fail } = setUp();
    await see(0);
    fail();
    await flush();
    await see(1);
    expect(looks).toHaveLength(1);
    expect(failures).toHaveLength(1);
    await finder.close();
  });

  it('waits for what is under way when it is closed, and looks at nothing more', async () => {
    const { finder, looks, answered, see, answer } = setUp();
    await see(0);
    await see(1);
    const closed = finder.close();
    await answer();
    await closed;
    expect(looks).toHaveLength(1);
    expect(answered).toEqual([0]);
  });
});
