/** Refusals of prompts that lie outside the clip. */
import { AppError } from '../../../shared/errors.ts';
import type { FramePrompt } from '../../../shared/prompts.ts';

/** @throws AppError `frame-out-of-range` */
export const checkFrame = (frame: number, { frameCount }: { frameCount: number }): void => {
  if (frame >= frameCount) {
    throw new AppError('frame-out-of-range', `Frame ${frame} does not exist: the clip has frames 0 to ${frameCount - 1}.`, {
      details: { frame, frameCount },
    });
  }
};

/** @throws AppError `prompt-outside-frame` */
export const checkInside = ({ points, box }: FramePrompt, { width, height }: { width: number; height: number }): void => {
  for (const { x, y } of points) {
    if (x < 0 || y < 0 || x >= width || y >= height) {
      throw new AppError(
        'prompt-outside-frame',
        `The point ${x},${y} is outside the frame, which is ${width} x ${height} px. Choose a point inside it.`,
      );
    }
  }
  if (box && (box.x >= width || box.y >= height || box.x + box.width <= 0 || box.y + box.height <= 0)) {
    throw new AppError(
      'prompt-outside-frame',
      `The box ${box.x},${box.y},${box.width},${box.height} is outside the frame, which is ${width} x ${height} px. Choose one inside it.`,
    );
  }
};
