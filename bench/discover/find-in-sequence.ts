/** Finds objects in an annotated sequence and looks at what was found. */
import type { Detector } from '../../src/main/engine/detect/detector.ts';
import { FoundTracker } from '../../src/main/engine/pipeline/found-tracker.ts';
import type { DiscovererOptions } from '../../src/main/engine/prompting/discoverer.ts';
import { GridMask } from '../../src/main/engine/prompting/grid-mask.ts';
import { logitsToRle } from '../../src/main/engine/tracking/mask-upsample.ts';
import { VideoTracker } from '../../src/main/engine/tracking/video-tracker.ts';
import { decodeRle } from '../../src/shared/rle.ts';
import { readLabels, readModelFrames, type Sequence } from '../davis-sequences.ts';
import type { openBench } from '../tree/open-bench.ts';
import { type Pixels, pixelIou, type SeenFrame } from './identity.ts';

export interface FoundInSequence {
  frames: SeenFrame[];
  prompts: number;
  cuts: number;
  /** Frames that a pair of shown tracks overlapped by more than 0.5, of the worst pair. */
  longestDouble: number;
  births: number;
  /** ms in the mean, of frames that only track and of all. */
  meanMs: number;
}

/** Sequences have no rate of their own. */
export const framesPerSecond = 24;

export interface FindOptions {
  bench: Awaited<ReturnType<typeof openBench>>;
  detector: Detector | null;
  discovery: () => Omit<DiscovererOptions, 'size'>;
  /** Most prompts of a frame. */
  budget: (frame: number) => number;
  mostFrames?: number;
  log?: (line: string) => void;
}

export const findInSequence = async (sequence: Sequence, options: FindOptions): Promise<FoundInSequence> => {
  const { onnx, constants } = options.bench;
  const paths = sequence.frames.slice(0, options.mostFrames);
  const images = await readModelFrames(paths, constants.imageSize);
  const { width, height } = sequence;
  const tracker = new VideoTracker(onnx, constants, { width, height, frameCount: images.length });
  const found = new FoundTracker(tracker, options.detector, sequence, options.discovery());
  const frames: SeenFrame[] = [];
  const doubles = new Map<string, number>();
  let [prompts, births, cuts, longestDouble, ms] = [0, 0, 0, 0, 0];
  for (const [frame, image] of images.entries()) {
    const start = performance.now();
    const step = await found.step(frame, (frame * 1000) / framesPerSecond, image, options.budget(frame));
    ms += performance.now() - start;
    prompts += step.prompts;
    births += step.born.length;
    cuts += step.isCut ? 1 : 0;
    for (const event of step.events) options.log?.(`${frame} ${event.kind} ${event.key} ${'reason' in event ? event.reason : event.id}`);
    for (const { key, candidate } of step.born)
      options.log?.(
        `${frame} born ${key} ${candidate.proposal.source} ${candidate.proposal.label?.name ?? ''} ${candidate.score.toFixed(2)} area ${candidate.mask.area}`,
      );
    const { labels } = readLabels(sequence.masks[frame]!);
    const truths = [...new Set(labels)].filter((id) => id !== 0);
    const masks = new Map<number, Pixels>(truths.map((id) => [id, labels.map((label) => (label === id ? 1 : 0))]));
    const shown = found.discoverer.shown.flatMap(({ id, key }) => {
      const result = step.results.find((one) => one.key === key);
      return result ? [{ id: id!, logits: result.logits }] : [];
    });
    const overlaps = shown.flatMap(({ id, logits }) => {
      const mask = decodeRle(logitsToRle(logits, constants.logitSize, constants.logitSize, width, height));
      return truths.map((truth) => ({ truth, track: id, iou: pixelIou(mask, masks.get(truth)!) })).filter(({ iou }) => iou > 0.01);
    });
    frames.push({ truths, tracks: shown.map(({ id }) => id), overlaps });
    const grids = shown.map(({ id, logits }) => ({ id, mask: GridMask.ofLogits(logits, constants.logitSize) }));
    for (const [at, a] of grids.entries()) {
      for (const b of grids.slice(at + 1)) {
        if (a.mask.iou(b.mask) <= 0.5) continue;
        const pair = `${a.id}:${b.id}`;
        doubles.set(pair, (doubles.get(pair) ?? 0) + 1);
        longestDouble = Math.max(longestDouble, doubles.get(pair)!);
      }
    }
  }
  tracker.dispose();
  return { frames, prompts, cuts, births, longestDouble, meanMs: ms / images.length };
};
