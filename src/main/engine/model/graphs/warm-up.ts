/**
 * First run of a freshly loaded model: GPU providers compile their kernels then, and a provider that loads but computes
 * nonsense shows it here, before the user's first click does.
 */
import { AppError } from '../../../../shared/errors.ts';
import type { TrackerConstants } from '../../tracking/constants.ts';
import type { TrackerGraphs } from '../../tracking/graphs.ts';
import { VideoTracker } from '../../tracking/video-tracker.ts';

/** A few soft shapes: an image of one colour would let a broken graph pass. */
const testPicture = (size: number): Uint8Array =>
  Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const x = (pixel % size) / size;
    const y = Math.floor(pixel / size) / size;
    return 128 + 100 * Math.sin(9 * x + 4 * y + (i % 3));
  });

/**
 * Clicks on a made picture and tracks two frames of it.
 * @returns ms of the last tracked frame: what one object costs with little memory
 * @throws AppError `inference-failed` when a result is not a number
 */
export const warmUp = async (graphs: TrackerGraphs, constants: TrackerConstants): Promise<{ frameMs: number }> => {
  const { imageSize } = constants;
  const tracker = new VideoTracker(graphs, constants, { width: imageSize, height: imageSize, frameCount: null });
  const picture = testPicture(imageSize);
  const image = (): Uint8Array => picture;
  let frameMs = 0;
  try {
    const clicked = await tracker.setPoints(1, 0, { points: [[imageSize / 2, imageSize / 2]], labels: [1], box: null }, image);
    const outputs = [clicked];
    await tracker.encodePending(0, image);
    tracker.startPropagation();
    for (const frame of [1, 2]) {
      const start = performance.now();
      outputs.push(...(await tracker.trackFrame(frame, false, image)));
      frameMs = performance.now() - start;
    }
    for (const { logits, objectLogit, predictedIou: iou } of outputs) {
      if (![...logits, objectLogit, iou].every(Number.isFinite)) {
        throw new AppError('inference-failed', "The model's results are not numbers. Choose another provider.");
      }
    }
  } finally {
    tracker.dispose();
  }
  return { frameMs };
};
