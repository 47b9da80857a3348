/** Draws the lanes in view. Each column of pixels asks the lane's index once; frames are never visited. */

import type { TrackedObject } from '../../../shared/contract/state.ts';
import { objectShape } from '../../../shared/object-colors.ts';
import type { ReviewEntry } from '../../../shared/review.ts';
import type { LaneKind, Marks } from '../../../shared/session-state.ts';
import { shownObjects } from '../../state/window-state.ts';
import { prepareCanvas, type Token, tokensOf } from './draw-ruler.ts';
import { type LaneSpan, xOfEdge, xOfFrame } from './lane-geometry.ts';
import type { LaneColumn, LaneIndex } from './lane-index.ts';
import type { TimelineRange } from './timeline-view.ts';

export const laneHeight = 24;
const barHeight = 10;

export interface LanesPicture {
  width: number;
  height: number;
  /** How far the lanes are scrolled down, in px. */
  scrollTop: number;
  span: LaneSpan;
  range: TimelineRange;
  objects: readonly TrackedObject[];
  laneOf: (object: TrackedObject) => LaneIndex;
  selectedIds: readonly number[];
  marks: Marks;
  /** Frames where another branch of the memory tree took over, by object. */
  switches: ReadonlyMap<number, readonly number[]>;
  /** What deserves a look; spot checks are not drawn. */
  review: readonly ReviewEntry[];
}

export const drawLanes = (canvas: HTMLCanvasElement, picture: LanesPicture): void => {
  const { width, height, objects, scrollTop, span, range } = picture;
  const context = prepareCanvas(canvas, width, height);
  if (!context) return;
  const token = tokensOf(canvas);
  context.textBaseline = 'middle';
  if (objects.length === 0) {
    context.fillStyle = token('--lane');
    rounded(context, span.left, (laneHeight - barHeight) / 2, span.width, barHeight);
  }
  const first = Math.max(0, Math.floor(scrollTop / laneHeight));
  const last = Math.min(objects.length - 1, Math.floor((scrollTop + height) / laneHeight));
  for (let i = first; i <= last; i++) drawLane(context, picture, objects[i]!, i * laneHeight - scrollTop, token);
  dimOutside(context, picture, token);
  if (range.start > 0) {
    context.fillStyle = token('--line-strong');
    context.fillRect(span.left - 1, 0, 1, height);
  }
};

const dimOutside = (context: CanvasRenderingContext2D, { marks, range, span, height }: LanesPicture, token: Token): void => {
  if (marks.in === null && marks.out === null) return;
  const end = span.left + span.width;
  const left = Math.min(end, Math.max(span.left, xOfEdge(marks.in ?? 0, range, span)));
  const right = Math.min(end, Math.max(span.left, xOfEdge((marks.out ?? range.frameCount - 1) + 1, range, span)));
  context.globalAlpha = 0.55;
  context.fillStyle = token('--panel');
  context.fillRect(span.left, 0, left - span.left, height);
  context.fillRect(right, 0, end - right, height);
  context.globalAlpha = 1;
};

/** How a column is drawn; equal neighbours are drawn as one. */
type Look = { kind: LaneKind; level: number };

const lookOf = ({ present, absent, unsure, confidence }: LaneColumn): Look => {
  if (unsure > 0) return { kind: 'unsure', level: 4 };
  if (present > 0) return { kind: 'present', level: Math.round(Math.min(1, Math.max(0, confidence)) * 4) };
  return { kind: absent > 0 ? 'absent' : 'none', level: 0 };
};

const drawLane = (context: CanvasRenderingContext2D, picture: LanesPicture, object: TrackedObject, top: number, token: Token): void => {
  const { span, range, selectedIds } = picture;
  const middle = top + laneHeight / 2;
  const isSelected = selectedIds.includes(object.id);
  if (isSelected) {
    context.fillStyle = token('--accent-soft');
    context.fillRect(0, top, picture.width, laneHeight);
  }
  context.globalAlpha = shownObjects(picture.objects).includes(object) ? 1 : 0.45;
  context.fillStyle = object.color;
  shape(context, object.id, 16, middle, 9);
  context.fillStyle = token(isSelected ? '--text' : '--text-2');
  context.font = `${isSelected ? 600 : 400} ${token('--size-2')} ${token('--font')}`;
  context.textAlign = 'left';
  context.fillText(shortened(context, object.name, span.left - 36), 27, middle + 1);

  context.save();
  context.beginPath();
  context.rect(span.left, top, span.width, laneHeight);
  context.clip();
  context.fillStyle = token('--lane');
  context.fillRect(span.left, middle - barHeight / 2, span.width, barHeight);
  drawBars(context, picture, object, middle, token);
  for (const frame of picture.switches.get(object.id) ?? []) {
    const x = xOfFrame(frame, range, span);
    context.fillStyle = token('--text');
    context.fillRect(Math.round(x) - 0.5, middle - 8, 1.5, 16);
    context.fillRect(Math.round(x) - 2.5, middle - 8, 5, 2);
  }
  drawReview(context, picture, object, middle, token);
  drawPrompts(context, picture, object, middle, token);
  context.restore();
  context.globalAlpha = 1;
};

const drawBars = (context: CanvasRenderingContext2D, picture: LanesPicture, object: TrackedObject, middle: number, token: Token): void => {
  const { span, range, laneOf } = picture;
  const lane = laneOf(object);
  const shown = context.globalAlpha;
  const perColumn = range.span / span.width;
  const columns = Math.ceil(span.width);
  let look: Look | null = null;
  let since = 0;
  const paint = (to: number): void => {
    if (!look || look.kind === 'none') return;
    const x = span.left + since;
    const width = to - since;
    context.globalAlpha = shown * (look.kind === 'present' ? 0.4 + 0.15 * look.level : look.kind === 'absent' ? 0.7 : 1);
    context.fillStyle = object.color;
    if (look.kind === 'absent') context.fillRect(x, middle - 0.75, width, 1.5);
    else context.fillRect(x, middle - barHeight / 2, width, barHeight);
    if (look.kind === 'unsure') {
      context.globalAlpha = shown;
      context.fillStyle = token('--unsure');
      context.fillRect(x, middle - barHeight / 2 - 3, Math.max(1.5, width), 3);
    }
  };
  const column: LaneColumn = { present: 0, absent: 0, unsure: 0, confidence: 0 };
  lane.scan(range.start, perColumn, columns, (present, absent, unsure, confidence, x) => {
    Object.assign(column, { present, absent, unsure, confidence });
    const next = lookOf(column);
    if (look && next.kind === look.kind && next.level === look.level) return;
    paint(x);
    look = next;
    since = x;
  });
  paint(columns);
  context.globalAlpha = shown;
};

/** A bracket under the frames to look at, with a tick where to look; what was looked at is pale. */
const drawReview = (
  context: CanvasRenderingContext2D,
  { span, range, review }: LanesPicture,
  object: TrackedObject,
  middle: number,
  token: Token,
): void => {
  const shown = context.globalAlpha;
  for (const { objectId, kind, first, last, frame, isDone } of review) {
    if (objectId !== object.id || kind === 'check') continue;
    const left = xOfEdge(first, range, span);
    const right = xOfEdge(last + 1, range, span);
    if (right < span.left || left > span.left + span.width) continue;
    const isGrave = kind !== 'doubt' && kind !== 'disagreement';
    context.globalAlpha = shown * (isDone ? 0.4 : 1);
    context.fillStyle = token(isGrave ? '--danger' : '--unsure');
    context.fillRect(left, middle + barHeight / 2 + 2, Math.max(3, right - left), 2);
    const x = Math.round(xOfFrame(frame, range, span));
    context.fillRect(x - 1, middle - barHeight / 2 - 3, 2, barHeight + 7);
    // Grave ones have a head, for who does not tell the colours apart.
    if (isGrave) context.fillRect(x - 3, middle - barHeight / 2 - 5, 6, 3);
  }
  context.globalAlpha = shown;
};

const drawPrompts = (
  context: CanvasRenderingContext2D,
  picture: LanesPicture,
  object: TrackedObject,
  middle: number,
  token: Token,
): void => {
  const { span, range } = picture;
  let before = Number.NEGATIVE_INFINITY;
  const frames = object.prompts.map(({ frame }) => frame).sort((a, b) => a - b);
  for (const frame of frames) {
    const x = xOfFrame(frame, range, span);
    // Dots on top of each other are one dot.
    if (x < span.left - 6 || x > span.left + span.width + 6 || x - before < 2) continue;
    before = x;
    context.fillStyle = token('--panel');
    shape(context, object.id, x, middle, 13);
    context.fillStyle = object.color;
    shape(context, object.id, x, middle, 9.5);
    dot(context, x, middle, 1.6, token('--panel'));
  }
};

/** Fills the object's own shape. @param size px */
const shape = (context: CanvasRenderingContext2D, objectId: number, x: number, y: number, size: number): void => {
  context.save();
  context.translate(x - size / 2, y - size / 2);
  context.scale(size / 10, size / 10);
  context.fill(new Path2D(objectShape(objectId).path));
  context.restore();
};

const dot = (context: CanvasRenderingContext2D, x: number, y: number, radius: number, color: string): void => {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
};

const rounded = (context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, radius = 3): void => {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
  context.fill();
};

const shortened = (context: CanvasRenderingContext2D, text: string, room: number): string => {
  if (context.measureText(text).width <= room) return text;
  let short = text;
  while (short.length > 1 && context.measureText(`${short}…`).width > room) short = short.slice(0, -1);
  return `${short}…`;
};
