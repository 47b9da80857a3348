/** Finding objects, as the worker does it: a tracker and a discoverer for each run, beside what the user tracks. */
import type { DetectorManifest } from '../../../shared/detector-manifest.ts';
import type { DiscoverySettings } from '../../../shared/discovery.ts';
import { AppError } from '../../../shared/errors.ts';
import type { DiscoveryThresholds } from '../../../shared/manifest.ts';
import { Transferred } from '../../common/rpc.ts';
import { Detector } from '../detect/detector.ts';
import type { ProviderChoice } from '../model/runtime/providers.ts';
import type { FoundMask, FoundTrack } from '../pipeline/found-frames.ts';
import { FoundTracker } from '../pipeline/found-tracker.ts';
import { sam2Thresholds } from '../prompting/candidates.ts';
import { createStrategy, regionOf, sizeLimits } from '../prompting/create-strategy.ts';
import { GridMask } from '../prompting/grid-mask.ts';
import { labelOf, type RosterEvent } from '../prompting/roster.ts';
import type { TrackerConstants } from '../tracking/constants.ts';
import type { TrackerGraphs } from '../tracking/graphs.ts';
import { VideoTracker } from '../tracking/video-tracker.ts';
import type { InferenceQueue } from './inference-queue.ts';

export interface FindWorkerHost {
  /** A search shares the time with open clips as one of them. */
  queue: Pick<InferenceQueue, 'run' | 'forget'>;
  /** @throws AppError `model-missing` */
  model: () => { graphs: TrackerGraphs; constants: TrackerConstants; discovery?: DiscoveryThresholds | undefined };
}

/** What was found on a frame, and what it took. */
interface FrameAnswer {
  masks: FoundMask[];
  tracks: FoundTrack[];
  events: RosterEvent[];
  isCut: boolean;
  prompts: number;
  trackMs: number;
  lookMs: number;
}

interface Run {
  tracker: VideoTracker;
  found: FoundTracker;
  region: GridMask | null;
}

export const findWorkerMethods = ({ queue, model }: FindWorkerHost) => {
  const runs = new Map<string, Run>();
  /** Kept for the next run. */
  let detector: { graphFile: string; opened: Promise<Detector> } | null = null;

  const openDetector = (manifest: DetectorManifest, graphFile: string, choice: ProviderChoice): Promise<Detector> => {
    if (detector?.graphFile === graphFile) return detector.opened;
    const opened = Detector.open({ manifest, graphFile }, choice);
    const entry = { graphFile, opened };
    detector = entry;
    opened.catch(() => {
      if (detector === entry) detector = null;
    });
    return opened;
  };

  return {
    openFind: (input: {
      runId: string;
      width: number;
      height: number;
      frameCount: number | null;
      settings: DiscoverySettings;
      detector: { manifest: DetectorManifest; graphFile: string; choice: ProviderChoice } | null;
    }) =>
      queue.run(input.runId, async () => {
        const { runId, settings, width, height, frameCount } = input;
        const { graphs, constants, discovery } = model();
        const opened = input.detector && (await openDetector(input.detector.manifest, input.detector.graphFile, input.detector.choice));
        const tracker = new VideoTracker(graphs, constants, { width, height, frameCount });
        const found = new FoundTracker(tracker, opened, input, {
          strategy: createStrategy(settings),
          thresholds: discovery ?? sam2Thresholds,
          limits: sizeLimits(settings),
          maxObjects: settings.maxObjects,
        });
        runs.set(runId, { tracker, found, region: regionOf(settings, constants.logitSize, input) });
        return {};
      }),

    /** @param input.others masks of the user's objects at the logit grid's size, 0 or 1 */
    findFrame: (input: {
      runId: string;
      frame: number;
      timeMs: number;
      image: Uint8Array;
      budget: number;
      detects?: boolean;
      others: Uint8Array[];
    }) =>
      queue.run(input.runId, async () => {
        const run = runs.get(input.runId);
        if (!run) throw new AppError('cancelled', 'The search was ended before this frame.');
        const { frame, timeMs, image, budget, detects } = input;
        const size = run.tracker.constants.logitSize;
        const others = input.others.map((mask) => GridMask.of(size, (cell) => mask[cell] === 1));
        const step = await run.found.step(frame, timeMs, image, budget, others, run.region, detects);
        const tracks: FoundTrack[] = run.found.discoverer.tracks.map((track) => ({
          key: track.key,
          id: track.id,
          bornFrame: track.bornFrame,
          source: track.source,
          score: track.bornScore,
          label: labelOf(track),
        }));
        const masks: FoundMask[] = step.results.map((result) => ({ ...result, logits: result.logits.slice() }));
        const { events, isCut, prompts, trackMs, lookMs } = step;
        const answer: FrameAnswer = { masks, tracks, events, isCut, prompts, trackMs, lookMs };
        return new Transferred(
          answer,
          masks.map(({ logits }) => logits.buffer as ArrayBuffer),
        );
      }),

    /** Tracks, by id, that are the user's from now on. */
    releaseFound: (input: { runId: string; ids: number[] }) =>
      queue.run(input.runId, async () => {
        const run = runs.get(input.runId);
        for (const { key, id } of run?.found.discoverer.tracks ?? []) {
          if (id === null || !input.ids.includes(id)) continue;
          run!.found.release(key);
        }
        return {};
      }),

    closeFind: async (input: { runId: string }) => {
      await queue.run(input.runId, async () => {
        runs.get(input.runId)?.tracker.dispose();
        runs.delete(input.runId);
      });
      queue.forget(input.runId);
      return {};
    },
  };
};
