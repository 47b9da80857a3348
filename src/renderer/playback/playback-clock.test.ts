import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type FrameClock, PlaybackClock } from './playback-clock.ts';

const clockOf = (timesMs: readonly number[]): FrameClock => ({
  frameCount: timesMs.length,
  timeOf: (frame) => timesMs[frame]!,
  frameAt: (timeMs) =>
    Math.max(
      0,
      timesMs.findLastIndex((time) => time <= timeMs),
    ),
});

const even = clockOf(Array.from({ length: 101 }, (_, i) => i * 40));

const started = (): PlaybackClock => {
  const clock = new PlaybackClock(even);
  clock.start(10, 400, 1000);
  return clock;
};

it('asks for the next frame, and for the one after when it has come', () => {
  const clock = started();
  expect(clock.next(1000)).toBe(11);
  clock.arrived(11, 440, 1010);
  expect(clock.next(1010)).toBe(12);
});

it('a frame is due when its own time has come, so uneven times play right', () => {
  const clock = started();
  expect(clock.isDue(440, 1039)).toBe(true);
  expect(clock.isDue(440, 1030)).toBe(false);
  expect(clock.isDue(700, 1200)).toBe(false);
  expect(clock.isDue(700, 1300)).toBe(true);
});

it('leaves frames out when pictures come too slowly', () => {
  const clock = started();
  expect(clock.next(1000 + 40 * 6)).toBe(16);
});

it('waits for the picture when it is more than a second behind', () => {
  const clock = started();
  clock.arrived(11, 440, 3000);
  expect(clock.mediaMs(3000)).toBe(440);
});

it('ends after the last frame', () => {
  const clock = started();
  expect(clock.next(1000 + 40 * 500)).toBe(100);
  clock.arrived(100, 4000, 1100);
  expect(clock.next(1100)).toBeNull();
});

it('begins with the first frame when none is on screen', () => {
  const clock = new PlaybackClock(even);
  clock.start(-1, -40, 1000);
  expect(clock.next(1000)).toBe(0);
});

it('leaves out as many frames of a variable rate as time has passed over, not as many as an even rate would have had', () => {
  const clock = new PlaybackClock(clockOf([0, 10, 20, 30, 1000, 1010, 1020]));
  clock.start(0, 0, 0);
  expect(clock.next(25)).toBe(2);
  clock.arrived(2, 20, 26);
  expect(clock.next(900)).toBe(3);
  clock.arrived(3, 30, 900);
  expect(clock.next(900)).toBe(4);
  expect(clock.isDue(1000, 900)).toBe(false);
  expect(clock.isDue(1000, 1000)).toBe(true);
});

it('played on a machine that is fast enough, every frame is shown at its own time, whatever the times are', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 5, max: 300 }), { minLength: 2, maxLength: 40 }), (gaps) => {
      const timesMs = [0];
      for (const gap of gaps) timesMs.push(timesMs.at(-1)! + gap);
      const clock = new PlaybackClock(clockOf(timesMs));
      clock.start(0, 0, 0);
      const shown: [number, number][] = [];
      let waiting: number | null = null;
      for (let now = 0; now <= timesMs.at(-1)! + 2; now++) {
        waiting ??= clock.next(now);
        if (waiting === null) break;
        clock.arrived(waiting, timesMs[waiting]!, now);
        if (!clock.isDue(timesMs[waiting]!, now)) continue;
        shown.push([waiting, now]);
        waiting = null;
      }
      expect(shown.map(([frame]) => frame)).toEqual(timesMs.map((_, i) => i).slice(1));
      for (const [frame, now] of shown) expect(Math.abs(now - timesMs[frame]!)).toBeLessThanOrEqual(2);
    }),
    { numRuns: 50 },
  );
});
