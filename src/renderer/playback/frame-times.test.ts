import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Client } from '../transport/client.ts';
import { FrameTimes } from './frame-times.ts';

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

/** A host whose clip has these times. */
const hostOf = (timesMs: readonly number[]): { client: Pick<Client, 'call'>; asked: [number, number][] } => {
  const asked: [number, number][] = [];
  const call = async (method: string, input: { from: number; to: number }): Promise<unknown> => {
    if (method !== 'session.frameTimes') throw new Error(method);
    asked.push([input.from, input.to]);
    return { timesMs: timesMs.slice(input.from, input.to + 1) };
  };
  return { client: { call } as unknown as Pick<Client, 'call'>, asked };
};

const variable = async (timesMs: readonly number[]): Promise<FrameTimes> => {
  const times = new FrameTimes(hostOf(timesMs).client);
  const durationMs = (timesMs.at(-1) ?? 0) + 40;
  times.open('a', { frameCount: timesMs.length, durationMs, averageFps: (timesMs.length * 1000) / durationMs, isVariableFrameRate: true });
  while (times.store.getState().known < timesMs.length) await settled();
  return times;
};

const steps = fc.array(fc.integer({ min: 2, max: 400 }), { minLength: 1, maxLength: 60 });
const sumsOf = (gaps: readonly number[]): number[] => {
  const sums = [0];
  for (const gap of gaps) sums.push(sums.at(-1)! + gap);
  return sums;
};

describe('FrameTimes', () => {
  it('needs no host at an even rate', () => {
    const { client, asked } = hostOf([]);
    const times = new FrameTimes(client);
    times.open('a', { frameCount: 100, durationMs: 4000, averageFps: 25, isVariableFrameRate: false });
    expect(times.timeOf(10)).toBe(400);
    expect([times.frameAt(399), times.frameAt(400), times.frameAt(439.4), times.frameAt(1e9), times.frameAt(-5)]).toEqual([
      9, 10, 10, 99, 0,
    ]);
    expect(asked).toEqual([]);
  });

  it('knows the exact times of a variable rate: each frame from its own time to the next one', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (gaps) => {
        const sums = sumsOf(gaps);
        const times = await variable(sums);
        for (const [frame, time] of sums.entries()) {
          expect(times.timeOf(frame)).toBe(time);
          expect(times.frameAt(time)).toBe(frame);
          expect(times.nearest(time)).toBe(frame);
          expect(times.positionAt(time)).toBe(frame);
          if (frame > 0) expect(times.frameAt(time - 1)).toBe(frame - 1);
          expect(times.timeAtPosition(frame)).toBe(time);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('fetches long clips in parts, and guesses in order until they are there', async () => {
    const timesMs = Array.from({ length: 25_000 }, (_, i) => i * 30 + (i % 3));
    const { client, asked } = hostOf(timesMs);
    const times = new FrameTimes(client);
    times.open('a', { frameCount: 25_000, durationMs: 750_000, averageFps: 33.3, isVariableFrameRate: true });
    const guessed = [0, 5000, 12_000, 24_999].map((frame) => times.timeOf(frame));
    expect([...guessed].sort((a, b) => a - b)).toEqual(guessed);
    while (times.store.getState().known < 25_000) await settled();
    expect(asked).toEqual([
      [0, 9999],
      [10_000, 19_999],
      [20_000, 24_999],
    ]);
    expect(times.timeOf(24_999)).toBe(timesMs[24_999]);
  });

  it('drops the answers about a clip that was closed', async () => {
    const { client } = hostOf([0, 10, 500]);
    const times = new FrameTimes(client);
    times.open('a', { frameCount: 3, durationMs: 540, averageFps: 6, isVariableFrameRate: true });
    times.open('a', { frameCount: 50, durationMs: 2000, averageFps: 25, isVariableFrameRate: false });
    await settled();
    expect(times.timeOf(2)).toBe(80);
  });
});
