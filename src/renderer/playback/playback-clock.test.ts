import { expect, it } from 'vitest';
import { PlaybackClock } from './playback-clock.ts';

const started = (): PlaybackClock => {
  const clock = new PlaybackClock(40, 100);
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
