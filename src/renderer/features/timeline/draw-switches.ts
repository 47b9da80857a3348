/** Marks where another branch of an object's memory tree took the lead. */
import type { TrackedObject } from '../../../shared/contract.ts';
import { laneHeight, rulerHeight } from './draw-lanes.ts';
import { type LaneSpan, xOfFrame } from './lane-geometry.ts';

const size = 4;

/** A small diamond under the object's lane for each switch. */
export const drawSwitches = (
  canvas: HTMLCanvasElement,
  span: LaneSpan,
  frameCount: number,
  objects: readonly TrackedObject[],
  switches: readonly { objectId: number; frame: number }[],
): void => {
  const context = canvas.getContext('2d');
  if (!context) return;
  context.fillStyle = getComputedStyle(canvas).getPropertyValue('--warning').trim();
  for (const { objectId, frame } of switches) {
    const index = objects.findIndex(({ id }) => id === objectId);
    if (index < 0) continue;
    const x = xOfFrame(frame, frameCount, span);
    const y = rulerHeight + index * laneHeight + laneHeight - size;
    context.beginPath();
    context.moveTo(x, y - size);
    context.lineTo(x + size, y);
    context.lineTo(x, y + size);
    context.lineTo(x - size, y);
    context.fill();
  }
};
