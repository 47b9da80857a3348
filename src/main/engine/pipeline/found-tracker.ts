/**
 * Finds objects and tracks them, a frame at a time: the discoverer decides, the tracker and the detector do. It has a
 * tracker of its own, so nothing that the user made is touched.
 */
import type { Detector } from '../detect/detector.ts';
import type { ProbedMask } from '../prompting/candidates.ts';
import { Discoverer, type DiscovererOptions, type FrameOutcome } from '../prompting/discoverer.ts';
import { GridMask } from '../prompting/grid-mask.ts';
import { lumaPicture } from '../prompting/luma-picture.ts';
import type { Proposal } from '../prompting/prompt-strategy.ts';
import type { PointPrompt } from '../tracking/point-prompt.ts';
import type { ObjectFrameResult } from '../tracking/tracker-core.ts';
import type { VideoTracker } from '../tracking/video-tracker.ts';

/** Prompts that are decoded in one batch: more at once gain nothing on a CPU. */
const batchSize = 8;

export interface FoundFrame extends FrameOutcome {
  /** Of tracks that may be shown or are tentative, by key; those born on this frame with their first mask. */
  results: { key: number; logits: Float32Array; score: number; objectLogit: number }[];
  /** What tracking took, and what looking for newcomers did, ms. */
  trackMs: number;
  lookMs: number;
}

export class FoundTracker {
  readonly discoverer: Discoverer;
  readonly #tracker: VideoTracker;
  readonly #detector: Detector | null;
  readonly #width: number;
  readonly #height: number;

  /** @param source size of the source in px */
  constructor(
    tracker: VideoTracker,
    detector: Detector | null,
    source: { width: number; height: number },
    options: Omit<DiscovererOptions, 'size'>,
  ) {
    this.#tracker = tracker;
    this.#detector = detector;
    this.#width = source.width;
    this.#height = source.height;
    this.discoverer = new Discoverer({ ...options, size: tracker.constants.logitSize });
  }

  /**
   * @param image the model's own, RGB [S, S, 3] @param budget most prompts on this frame; 0: what is known is tracked,
   *   nothing is looked for
   * @param others masks of the user's objects on this frame, on the logit grid
   */
  async step(
    frame: number,
    timeMs: number,
    image: Uint8Array,
    budget: number,
    others: readonly GridMask[] = [],
    region: GridMask | null = null,
    detects = true,
  ): Promise<FoundFrame> {
    const { imageSize, logitSize } = this.#tracker.constants;
    const startMs = performance.now();
    this.#tracker.startPropagation();
    const tracked = await this.#tracker.trackFrame(frame, false, () => image);
    const trackedMs = performance.now();
    const outcome = await this.discoverer.step(
      {
        frame,
        timeMs,
        picture: lumaPicture(image, imageSize, logitSize),
        results: tracked.map(({ objectId, logits, predictedIou, objectLogit }) => ({
          key: objectId,
          mask: GridMask.ofLogits(logits, logitSize),
          score: predictedIou,
          objectLogit,
        })),
        others,
        region,
        budget,
      },
      {
        probe: (proposals) => this.#probe(frame, proposals, image),
        ...(this.#detector && detects && { detect: () => this.#detect(this.#detector!, image) }),
      },
    );
    for (const event of outcome.events) if (event.kind === 'ended') this.#tracker.removeObject(event.key);
    for (const { key, candidate } of [...outcome.born, ...outcome.refreshed]) {
      await this.#tracker.setFoundMask(key, frame, candidate.logits, () => image);
    }
    if (outcome.born.length + outcome.refreshed.length > 0) await this.#tracker.encodePending(frame, () => image);
    const lookMs = performance.now() - trackedMs;
    return { ...outcome, results: this.#results(tracked, outcome), trackMs: trackedMs - startMs, lookMs };
  }

  /** The user took a track over. */
  release(key: number): void {
    this.discoverer.release(key);
    this.#tracker.removeObject(key);
  }

  #results(tracked: readonly ObjectFrameResult[], { born }: FrameOutcome): FoundFrame['results'] {
    const known = new Map(this.discoverer.tracks.map((track) => [track.key, track]));
    const before = tracked.flatMap(({ objectId, logits, predictedIou, objectLogit }) => {
      const track = known.get(objectId);
      return track?.isPresent && !track.isDoubtful ? [{ key: objectId, logits, score: predictedIou, objectLogit }] : [];
    });
    return [...before, ...born.map(({ key, candidate: { logits, score } }) => ({ key, logits, score, objectLogit: 1 }))];
  }

  async #probe(frame: number, proposals: readonly Proposal[], image: Uint8Array): Promise<ProbedMask[]> {
    const answers = new Map<Proposal, ProbedMask>();
    for (const kind of [proposals.filter(({ point }) => point === null), proposals.filter(({ point }) => point !== null)]) {
      for (let at = 0; at < kind.length; at += batchSize) {
        const batch = kind.slice(at, at + batchSize);
        const masks = await this.#tracker.probe(
          frame,
          batch.map((proposal) => this.#prompt(proposal)),
          () => image,
        );
        for (const [i, proposal] of batch.entries()) {
          const { predictedIou, ...mask } = masks[i]!;
          answers.set(proposal, { ...mask, iou: predictedIou });
        }
      }
    }
    return proposals.map((proposal) => answers.get(proposal)!);
  }

  #prompt({ point, box: [left, top, right, bottom] }: Proposal): PointPrompt {
    const [width, height] = [this.#width, this.#height];
    if (point) return { points: [[point[0] * width, point[1] * height]], labels: [1], box: null };
    return { points: [], labels: [], box: [left * width, top * height, right * width, bottom * height] };
  }

  async #detect(detector: Detector, image: Uint8Array) {
    const side = this.#tracker.constants.imageSize;
    const found = await detector.detect({ data: image, width: side, height: side }, this.#width / this.#height);
    return found.map((one) => ({ ...one, name: detector.manifest.classes[one.classIndex]! }));
  }
}
