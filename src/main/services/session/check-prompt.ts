/** Refusals of prompts that lie outside the clip. */
import { AppError } from '../../../shared/errors.ts';
import type { CompressedMask, FramePrompt } from '../../../shared/prompts.ts';
import { expandCounts } from '../../../shared/rle.ts';

/** @throws AppError `frame-out-of-range` */
export const checkFrame = (frame: number, { frameCount }: { frameCount: number }): void => {
  if (frame >= frameCount) {
    throw new AppError('frame-out-of-range', `Frame ${frame} does not exist: the clip has frames 0 to ${frameCount - 1}.`, {
      details: { frame, frameCount },
    });
  }
};

/** @throws AppError `prompt-invalid` for a mask in which nothing is set */
export const checkMask = ({ counts }: CompressedMask): void => {
  // Runs of unset and set pixels take turns, beginning with unset ones.
  if (expandCounts(counts).every((count, i) => i % 2 === 0 || count === 0))
    throw new AppError(
      'prompt-invalid',
      'The mask is empty: no pixel is set. Black and transparent pixels count as background, so the object has to be painted in another color.',
    );
};

/**
 * @param hasMask there is a mask on the frame that points may take away from
 * @throws AppError `prompt-invalid` for points that say only where the object is not
 */
export const checkPositive = ({ points, box }: FramePrompt, hasMask: boolean): void => {
  if (!box && !hasMask && points.length > 0 && points.every(({ label }) => label === 0))
    throw new AppError(
      'prompt-invalid',
      'Background points alone do not say where the object is. Add a point on the object, or a box around it.',
    );
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
