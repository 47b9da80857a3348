import { expect, it } from 'vitest';
import { frameOfText } from './frame-of-text.ts';

const even = { frameCount: 1000, nearest: (timeMs: number): number => Math.min(999, Math.round(timeMs / 40)) };

it.each([
  ['120', 120],
  [' 7 ', 7],
  ['0:04', 100],
  ['0:04.2', 105],
  ['1:00:00', 999],
  ['2.4s', 60],
  ['99999', 999],
  ['soon', null],
  ['', null],
  ['1:2:3:4', null],
])('%s is frame %s', (text, frame) => expect(frameOfText(text, even)).toBe(frame));
