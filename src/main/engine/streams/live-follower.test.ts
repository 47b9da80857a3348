import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { FrameQueue } from './frame-queue.ts';
import { FrameRing, type LiveFrame } from './frame-ring.ts';
import { type LiveAnswer, LiveFollower } from './live-follower.ts';

const timings = { imageEncoder: 0, memoryAttention: 0, maskDecoder: 0, memoryEncoder: 0, inside: 0 };

/** A follower over a worker that answers when it is told to. */
const setUp = (ringBytes = 1000, stepMs = 1000, mostCatchUpMs?: number) => {
  let nowMs = 0;
  const queue = new FrameQueue<number>(3);
  const ring = new FrameRing(ringBytes);
  const asked: { frame: number; ids: number[]; answer: () => void; fail: () => void }[] = [];
  const sent: [frame: number, isNew: boolean][] = [];
  const failures: string[] = [];
  let conditioning: { id: number; conditioning: number[] }[] = [{ id: 1, conditioning: [0] }];
  let frames = 0;
  const follower = new LiveFollower<number>(
    {
      queue,
      ring,
      take: () => {
        const frame: LiveFrame = { frame: frames++, timeMs: 0, display: new Uint8Array(5), model: new Uint8Array(5) };
        ring.push(frame);
        return frame;
      },
      startPropagation: async () => conditioning,
      track: ({ frame }, ids) =>
        new Promise<LiveAnswer>((resolve, reject) => {
          asked.push({
            frame,
            ids: [...ids],
            answer: () => resolve({ results: [], timings, workerMs: 0 }),
            fail: () => reject(new AppError('inference-failed', 'no memory')),
          });
        }),
      onFrame: async ({ frame }, picture) => {
        sent.push([frame, picture !== null]);
      },
      onFailed: ({ code }) => failures.push(code),
      mostCatchUpMs,
    },
    () => {
      nowMs += stepMs;
      return nowMs;
    },
  );
  const running = follower.run();
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 8; i++) await new Promise(setImmediate);
  };
  const come = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      queue.put(0);
      await settle();
    }
  };
  /** Answers everything that is asked, and what is asked then. */
  const answerAll = async (): Promise<void> => {
    for (let at = 0; at < asked.length; at++) {
      asked[at]!.answer();
      await settle();
    }
  };
  const end = async (): Promise<void> => {
    follower.close();
    for (const { answer } of asked) answer();
    await running;
  };
  return {
    follower,
    queue,
    asked,
    sent,
    failures,
    come,
    settle,
    answerAll,
    end,
    setObjects: (all: typeof conditioning): void => {
      conditioning = all;
    },
  };
};

describe('following live', () => {
  it('shows every picture while nobody is followed', async () => {
    const { sent, asked, come, end } = setUp();
    await come(4);
    expect(sent).toEqual([0, 1, 2, 3].map((frame) => [frame, true]));
    expect(asked).toEqual([]);
    await end();
  });

  it('catches up from the prompted frame on, and then goes on with what comes', async () => {
    const { follower, asked, sent, come, settle, answerAll, end } = setUp();
    await come(5);
    follower.set(true, []);
    follower.prompted(1, 2);
    await settle();
    await answerAll();
    expect(asked.map(({ frame }) => frame)).toEqual([2, 3, 4]);
    expect(sent.slice(5)).toEqual([2, 3, 4].map((frame) => [frame, false]));
    await come(1);
    await answerAll();
    expect(asked.at(-1)).toMatchObject({ frame: 5, ids: [1] });
    expect(sent.at(-1)).toEqual([5, true]);
    await end();
  });

  it('takes one new picture for three steps behind, so that what is behind gets less', async () => {
    const { follower, queue, asked, come, settle, end } = setUp();
    await come(9);
    follower.set(true, []);
    follower.prompted(1, 0);
    for (let i = 0; i < 12; i++) {
      queue.put(0);
      await settle();
      asked[i]?.answer();
      await settle();
    }
    const frames = asked.map(({ frame }) => frame);
    expect(frames).toEqual(frames.toSorted((a, b) => a - b));
    expect(frames).toEqual(frames.map((_, i) => i));
    expect(queue.dropped).toBeGreaterThan(4);
    await end();
  });

  it('catches up for no longer than it may, and leaves a gap', async () => {
    const { follower, asked, sent, come, settle, answerAll, end } = setUp(1000, 100, 250);
    await come(9);
    follower.set(true, []);
    follower.prompted(1, 0);
    await settle();
    await answerAll();
    const behind = asked.map(({ frame }) => frame);
    expect(behind.length).toBeLessThan(9);
    expect(behind).toEqual(behind.map((_, i) => i));
    await come(1);
    await answerAll();
    expect(asked.at(-1)).toMatchObject({ frame: 9, ids: [1] });
    expect(sent.at(-1)).toEqual([9, true]);
    await end();
  });

  it('tracks every other picture when it is told to, and shows them all', async () => {
    const { follower, asked, sent, come, answerAll, end } = setUp();
    await come(1);
    follower.set(true, [], 2);
    follower.prompted(1, 0);
    await come(1);
    await answerAll();
    for (let i = 0; i < 4; i++) {
      await come(1);
      await answerAll();
    }
    const tracked = asked.map(({ frame }) => frame).filter((frame) => frame > 1);
    expect(tracked).toEqual([2, 4]);
    expect(sent.filter(([, isNew]) => isNew).map(([frame]) => frame)).toEqual([0, 1, 2, 3, 4, 5]);
    await end();
  });

  it('takes no new picture for a while where steps are short, so that it is soon there', async () => {
    const { follower, queue, sent, asked, come, settle, end } = setUp(1000, 10);
    await come(9);
    follower.set(true, []);
    follower.prompted(1, 0);
    for (let i = 0; i < 9; i++) {
      queue.put(0);
      await settle();
      asked[i]?.answer();
      await settle();
    }
    // All nine before the first new one.
    expect(sent.slice(9, 18).map(([frame, isNew]) => [frame, isNew])).toEqual(Array.from({ length: 9 }, (_, frame) => [frame, false]));
    await end();
  });

  it('goes back with a corrected object alone, and the others stay where they are', async () => {
    const { follower, asked, come, settle, answerAll, setObjects, end } = setUp();
    setObjects([
      { id: 1, conditioning: [0] },
      { id: 2, conditioning: [0] },
    ]);
    await come(1);
    follower.set(true, []);
    follower.prompted(1, 0);
    follower.prompted(2, 0);
    await settle();
    await answerAll();
    await come(3);
    await answerAll();
    asked.length = 0;
    follower.prompted(2, 1);
    await settle();
    await answerAll();
    expect(asked.map(({ frame, ids }) => [frame, ...ids])).toEqual([1, 2, 3].map((frame) => [frame, 2]));
    await come(1);
    await answerAll();
    expect(asked.at(-1)).toMatchObject({ frame: 4, ids: [1, 2] });
    await end();
  });

  it('leaves a gap where the ring has forgotten, and tracks no object that is locked or without a prompt', async () => {
    const { follower, asked, come, settle, answerAll, setObjects, end } = setUp(30);
    await come(6);
    setObjects([{ id: 1, conditioning: [0] }]);
    follower.set(true, [3]);
    follower.prompted(1, 0);
    follower.prompted(2, 0);
    follower.prompted(3, 0);
    await settle();
    await answerAll();
    expect(asked.map(({ frame, ids }) => [frame, ...ids])).toEqual([3, 4, 5].map((frame) => [frame, 1]));
    await end();
  });

  it('goes on showing when tracking fails, says so once, and does not track until it is told to', async () => {
    const { follower, asked, sent, failures, come, settle, answerAll, end } = setUp();
    await come(1);
    follower.set(true, []);
    follower.prompted(1, 0);
    await settle();
    asked[0]!.fail();
    await settle();
    await come(2);
    expect([failures, follower.isOn, asked.length]).toEqual([['inference-failed'], false, 1]);
    expect(sent.at(-1)).toEqual([2, true]);
    follower.set(true, []);
    await settle();
    await answerAll();
    expect(asked.slice(1).map(({ frame }) => frame)).toEqual([1, 2]);
    await end();
  });
});
