import { expect, it } from 'vitest';
import { PlayingQuality } from './playing-quality.ts';

/** @returns the share after so many drawings of that length */
const draw = (quality: PlayingQuality, ms: number, times = 6): number => {
  let share = 1;
  for (let i = 0; i < times; i++) share = quality.drawn(ms);
  return share;
};

it('stays full while drawings are quick enough, and for a single slow one', () => {
  const quality = new PlayingQuality();
  expect(quality.start(true)).toBe(1);
  expect(draw(quality, 16, 30)).toBe(1);
  expect(draw(quality, 900, 1)).toBe(1);
  expect(draw(quality, 16, 30)).toBe(1);
});

it('goes as low as the budget needs, by the pixels that are left', () => {
  const quality = new PlayingQuality();
  quality.start(true);
  expect(draw(quality, 60, 5)).toBe(1);
  expect(draw(quality, 60, 1)).toBe(0.75);
  const slower = new PlayingQuality();
  slower.start(true);
  // So slow that half of the looks are enough.
  expect(draw(slower, 160, 2)).toBe(1);
  expect(draw(slower, 160, 1)).toBe(0.5);
  // There is nothing lower.
  expect(draw(slower, 160, 30)).toBe(0.5);
});

it('looks at drawings of several short playbacks together', () => {
  const quality = new PlayingQuality();
  for (let i = 0; i < 5; i++) {
    expect(quality.start(true)).toBe(1);
    draw(quality, 60, 1);
  }
  quality.start(true);
  expect(draw(quality, 60, 1)).toBe(0.75);
});

it('remembers what it learned, and tries a finer drawing only where it is likely to be quick enough', () => {
  const quality = new PlayingQuality();
  quality.start(true);
  draw(quality, 160);
  draw(quality, 35);
  expect(quality.start(true)).toBe(0.5);
  draw(quality, 8);
  expect(quality.start(true)).toBe(0.75);
  quality.forget();
  expect(quality.start(true)).toBe(1);
});

it('is full throughout where the user wants that', () => {
  const quality = new PlayingQuality();
  expect(quality.start(false)).toBe(1);
  expect(draw(quality, 900, 30)).toBe(1);
});
