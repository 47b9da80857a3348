/** Words of the timeline. */
import { formatCount, plural } from '../../../shared/language.ts';
export const timelineText = {
  timeline: 'Timeline',
  position: 'Position',
  playback: 'Playback',
  marks: 'Marks',
  zoom: 'Timeline zoom',
  frame: 'frame',
  frameNumber: 'Frame number',
  goTo: 'Go to a frame or a time',
  goToHelp: 'A frame number, a time such as 1:02.5, a timecode such as 00:01:02:14, or +12 for twelve frames on',
  noPlace: (typed: string): string =>
    `"${typed}" is not a position in this clip. Enter a frame number, a time such as 1:02.5, +12 or -12 for frames from here, or, at a constant frame rate, a timecode such as 00:01:02:14.`,
  frames: (count: number): string => plural(count, 'frame'),
  rate: (rate: string, isVariable: boolean): string => `${rate} fps${isVariable ? ' (variable)' : ''}`,
  play: 'Play',
  pause: 'Pause',
  speed: (rate: number): string => `${rate}×`,
  frameOf: (frame: number, count: number): string => `Frame ${frame} of ${count}`,
  range: (count: number): string => `${formatCount(count)} marked`,
  scroll: 'Scroll the timeline',
  buffer: 'Buffer',
};
