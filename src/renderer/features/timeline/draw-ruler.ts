/** The ruler above the lanes: time, the marked range, and what lies outside it dimmed. */

import type { Marks } from '../../../shared/session-state.ts';
import type { FrameTimes } from '../../playback/frame-times.ts';
import { type LaneSpan, tickStepSeconds, xOfEdge } from './lane-geometry.ts';
import type { TimelineRange } from './timeline-view.ts';

export const rulerHeight = 22;

export type Token = (name: string) => string;

export interface RulerPicture {
  width: number;
  span: LaneSpan;
  range: TimelineRange;
  times: Pick<FrameTimes, 'positionAt' | 'timeAtPosition'>;
  marks: Marks;
}

/** Sizes a canvas for the screen and clears it. */
export const prepareCanvas = (canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null => {
  const ratio = window.devicePixelRatio;
  const wide = Math.round(width * ratio);
  const high = Math.round(height * ratio);
  // Setting a size, even the same, makes the canvas anew.
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
};

export const tokensOf = (element: Element): Token => {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
};

export const drawRuler = (canvas: HTMLCanvasElement, picture: RulerPicture): void => {
  const { width, span, range, times, marks } = picture;
  const context = prepareCanvas(canvas, width, rulerHeight);
  if (!context) return;
  const token = tokensOf(canvas);
  context.save();
  context.beginPath();
  context.rect(span.left, 0, width - span.left, rulerHeight);
  context.clip();
  drawMarks(context, picture, token);
  const from = times.timeAtPosition(range.start) / 1000;
  const to = times.timeAtPosition(range.start + range.span) / 1000;
  const step = tickStepSeconds(to - from, span.width);
  const first = Math.floor(from / step);
  const last = Math.ceil(to / step);
  const xOfSeconds = (seconds: number): number => Math.round(xOfEdge(times.positionAt(seconds * 1000), range, span));
  // At a variable rate ticks crowd where frames are far apart in time: words that would lie on each other are left out.
  let free = Number.NEGATIVE_INFINITY;
  context.font = `${token('--size-1')} ${token('--font')}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (let n = first; n <= last; n++) {
    const x = xOfSeconds(n * step);
    context.fillStyle = token('--line-strong');
    context.fillRect(x, 8, 1, rulerHeight - 8);
    const label = tickLabel(n * step, step);
    const labelEnd = x + 4 + context.measureText(label).width;
    if (x >= free && labelEnd <= width) {
      context.fillStyle = token('--text-2');
      context.fillText(label, x + 4, 10);
      free = labelEnd + 4;
    }
    context.fillStyle = token('--line');
    for (let part = 1; part < 5; part++) context.fillRect(xOfSeconds((n + part / 5) * step), rulerHeight - 5, 1, 5);
  }
  for (const [frame, isIn] of [[marks.in, true] as const, [marks.out, false] as const]) {
    if (frame === null) continue;
    const x = Math.round(xOfEdge(isIn ? frame : frame + 1, range, span));
    context.fillStyle = token('--accent');
    context.fillRect(isIn ? x : x - 2, 2, 2, rulerHeight - 2);
    context.fillRect(isIn ? x : x - 7, 2, 7, 2);
    context.fillRect(isIn ? x : x - 7, rulerHeight - 2, 7, 2);
  }
  context.restore();
};

const drawMarks = (context: CanvasRenderingContext2D, { span, range, marks }: RulerPicture, token: Token): void => {
  if (marks.in === null && marks.out === null) return;
  const left = xOfEdge(marks.in ?? 0, range, span);
  const right = xOfEdge((marks.out ?? range.frameCount - 1) + 1, range, span);
  context.fillStyle = token('--accent-soft');
  context.fillRect(left, 0, right - left, rulerHeight);
};

const two = (n: number): string => String(n).padStart(2, '0');

const tickLabel = (seconds: number, step: number): string => {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = seconds - hours * 3600 - minutes * 60;
  const tail = step < 1 ? rest.toFixed(1).padStart(4, '0') : two(Math.round(rest));
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
};
