/** How far two models' masks are apart: what an int8 version loses, measured where it will run. */
import { rleIou } from '../../../shared/rle.ts';
import type { LossProbe, MeasuredLoss, QuantizeRun } from '../api/measured-loss.ts';
import type { Precision } from '../api/providers.ts';
import { findFfmpeg } from '../media/ffmpeg-binary.ts';
import { openBundle } from '../model/bundle/bundle.ts';
import { constantsOf, graphPathsOf, OnnxGraphs } from '../model/graphs/onnx-graphs.ts';
import { stepDone, unwatched } from '../model/quantize/quantize-run.ts';
import { chooseProviders } from '../model/runtime/providers.ts';
import { logitsToRle } from '../tracking/mask-upsample.ts';
import { VideoTracker } from '../tracking/video-tracker.ts';
import { MediaSource } from './media-source.ts';

interface Tracked {
  masks: ReturnType<typeof logitsToRle>[];
  frameMs: number;
}

const track = async (dir: string, precision: Precision, { clip, frame, frames, points }: LossProbe, run: QuantizeRun): Promise<Tracked> => {
  const bundle = await openBundle(dir);
  const constants = constantsOf(bundle.manifest);
  const graphs = await OnnxGraphs.load(graphPathsOf(bundle), constants, chooseProviders('cpu', undefined, precision));
  const source = await MediaSource.open(clip, await findFfmpeg());
  const { width, height } = source.media;
  const tracker = new VideoTracker(graphs, constants, { width, height, frameCount: source.media.frameCount });
  const prompt = { points: points.map(({ x, y }): [number, number] => [x, y]), labels: points.map(({ label }) => label), box: null };
  const masks: Tracked['masks'] = [];
  let spent = 0;
  const keep = (logits: Float32Array): void =>
    void masks.push(logitsToRle(logits, constants.logitSize, constants.logitSize, width, height));
  try {
    const image = await source.modelFrame(frame, constants.imageSize);
    keep((await tracker.setPoints(1, frame, prompt, () => image)).logits);
    await tracker.encodePending(frame, () => image);
    tracker.startPropagation();
    for (let t = frame + 1; t <= Math.min(frame + frames, source.media.frameCount - 1); t++) {
      const next = await source.modelFrame(t, constants.imageSize);
      const start = performance.now();
      const [result] = await tracker.trackFrame(t, false, () => next);
      spent += performance.now() - start;
      keep(result!.logits);
      stepDone(run);
    }
    return { masks, frameMs: spent / (masks.length - 1) };
  } finally {
    tracker.dispose();
    source.close();
    await graphs.release();
  }
};

/**
 * Tracks the same prompt with both models, one after the other: the original in full, the other as it is run.
 * @throws AppError `cancelled`
 */
export const measureLoss = async (
  original: string,
  other: string,
  probe: LossProbe,
  run: QuantizeRun = unwatched,
): Promise<MeasuredLoss> => {
  const first = await track(original, 'full', probe, run);
  const second = await track(other, 'fast', probe, run);
  const ious = first.masks.map((mask, index) => rleIou(mask, second.masks[index]!));
  return {
    meanIou: ious.reduce((a, b) => a + b, 0) / ious.length,
    leastIou: Math.min(...ious),
    frames: ious.length,
    frameMs: [first.frameMs, second.frameMs],
  };
};
