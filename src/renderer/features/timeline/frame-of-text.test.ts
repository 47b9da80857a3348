import { expect, it } from 'vitest';
import { frameOfText } from './frame-of-text.ts';

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
])('%s is frame %s', (text, frame) => expect(frameOfText(text, 25, 1000)).toBe(frame));
