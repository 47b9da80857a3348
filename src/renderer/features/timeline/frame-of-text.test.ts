import { expect, it } from 'vitest';
import { formatTimecode } from '../../ui/format.ts';
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
  ['00:00:03:10', null],
])('%s is frame %s', (text, frame) => expect(frameOfText(text, even)).toBe(frame));

it('a timecode counts frames where the clip has an even rate', () => {
  const timed = { ...even, timecodeRate: 25 };
  expect(frameOfText('00:00:03:10', timed)).toBe(85);
  expect(frameOfText('01:00:00:00', timed)).toBe(999);
  expect(formatTimecode(85, 25)).toBe('00:00:03:10');
  expect(formatTimecode(3_600 * 25 + 61 * 25 + 24, 25)).toBe('01:01:01:24');
});
