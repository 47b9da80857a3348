/** Draws the ruler and the lanes. Only ranges and prompts are visited, never frames. */
import type { Media, TrackedObject } from '../../../shared/contract.ts';
import { type LaneSpan, tickStepSeconds, xOfFrame } from './lane-geometry.ts';

export const rulerHeight = 26;
export const laneHeight = 24;
const barHeight = 8;

/** One empty lane is shown before there is an object. */
export const lanesHeight = (objectCount: number): number => rulerHeight + Math.max(1, objectCount) * laneHeight + 6;

export interface LanesPicture {
  width: number;
  height: number;
  span: LaneSpan;
  media: Media;
  objects: readonly TrackedObject[];
  selectedId: number | null;
}

export const drawLanes = (canvas: HTMLCanvasElement, picture: LanesPicture): void => {
  const { width, height, objects } = picture;
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (!context) return;
  const tokens = getComputedStyle(canvas);
  const token = (name: string): string => tokens.getPropertyValue(name).trim();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.textBaseline = 'middle';
  drawRuler(context, picture, token);
  if (objects.length === 0) {
    context.fillStyle = token('--lane');
    rounded(context, picture.span.left, rulerHeight + (laneHeight - barHeight) / 2, picture.span.width, barHeight);
  }
  for (const [index, object] of objects.entries()) drawLane(context, picture, object, rulerHeight + index * laneHeight, token);
};

type Token = (name: string) => string;

const drawRuler = (context: CanvasRenderingContext2D, { span, media }: LanesPicture, token: Token): void => {
  const seconds = Math.max(media.frameCount - 1, 1) / media.averageFps;
  const step = tickStepSeconds(seconds, span.width);
  context.font = `11px ${token('--font')}`;
  context.textAlign = 'center';
  for (let n = 0; n * step <= seconds + 1e-6; n++) {
    const x = span.left + (span.width * n * step) / seconds;
    context.fillStyle = token('--line-strong');
    context.fillRect(Math.round(x), rulerHeight - 7, 1, 6);
    context.fillStyle = token('--text-3');
    context.fillText(tickLabel(n * step, step), x, 9);
    for (let part = 1; part < 5; part++) {
      const minor = x + (span.width * step * part) / (5 * seconds);
      if (minor > span.left + span.width) break;
      context.fillStyle = token('--line');
      context.fillRect(Math.round(minor), rulerHeight - 4, 1, 3);
    }
  }
};

const tickLabel = (seconds: number, step: number): string => {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds - minutes * 60;
  const text = step < 1 ? rest.toFixed(1).padStart(4, '0') : String(Math.round(rest)).padStart(2, '0');
  return `${minutes}:${text}`;
};

const drawLane = (context: CanvasRenderingContext2D, picture: LanesPicture, object: TrackedObject, top: number, token: Token): void => {
  const { span, media, selectedId } = picture;
  const middle = top + laneHeight / 2;
  const isSelected = object.id === selectedId;
  if (isSelected) {
    context.fillStyle = token('--accent-soft');
    context.fillRect(0, top, picture.width, laneHeight);
  }
  context.globalAlpha = object.visible ? 1 : 0.45;
  context.fillStyle = object.color;
  rounded(context, 16, middle - 4, 8, 8, 4);
  context.fillStyle = token(isSelected ? '--text' : '--text-2');
  context.font = `${isSelected ? 600 : 400} 12px ${token('--font')}`;
  context.textAlign = 'left';
  context.fillText(shortened(context, object.name, span.left - 50), 32, middle + 1);

  context.fillStyle = token('--lane');
  rounded(context, span.left, middle - barHeight / 2, span.width, barHeight);
  const frameWidth = span.width / Math.max(1, media.frameCount - 1);
  for (const [first, last] of object.results) {
    const left = Math.max(span.left, xOfFrame(first, media.frameCount, span) - frameWidth / 2);
    const right = Math.min(span.left + span.width, xOfFrame(last, media.frameCount, span) + frameWidth / 2);
    context.fillStyle = object.color;
    rounded(context, left, middle - barHeight / 2, Math.max(2, right - left), barHeight, Math.min(3, (right - left) / 2));
  }
  for (const { frame } of object.prompts) {
    const x = xOfFrame(frame, media.frameCount, span);
    context.beginPath();
    context.arc(x, middle, 6, 0, 2 * Math.PI);
    context.fillStyle = token('--panel');
    context.fill();
    context.beginPath();
    context.arc(x, middle, 4.5, 0, 2 * Math.PI);
    context.fillStyle = object.color;
    context.fill();
    context.beginPath();
    context.arc(x, middle, 1.6, 0, 2 * Math.PI);
    context.fillStyle = token('--panel');
    context.fill();
  }
  context.globalAlpha = 1;
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
