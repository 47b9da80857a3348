/** The engine's methods that find objects in a clip or on a live source. */
import type { Manifest } from '../../../shared/manifest.ts';
import type { RpcPeer } from '../../common/rpc.ts';
import type { TrackOutcome } from '../api/media.ts';
import type { EngineEvents, EngineInput } from '../api/protocol.ts';
import { MaskFeed } from '../export/mask-feed.ts';
import { openDetectorBundle } from '../model/bundle/detector-bundle.ts';
import { constantsOf } from '../model/graphs/onnx-graphs.ts';
import type { ProviderChoice } from '../model/runtime/providers.ts';
import { runFind } from '../pipeline/find-run.ts';
import type { MediaSource } from '../pipeline/media-source.ts';
import { wantsDetector } from '../prompting/create-strategy.ts';
import type { LiveSession } from '../streams/live-session.ts';
import type { WorkerMethods } from '../worker/inference-worker.ts';
import { findLive } from './find-live.ts';

export interface FindHost {
  parse: <M extends 'find' | 'findMasks' | 'releaseFound'>(method: M, input: unknown) => EngineInput<M>;
  worker: () => RpcPeer<WorkerMethods>;
  /** @throws AppError `session-unknown` */
  source: (sessionId: string) => MediaSource;
  live: (sessionId: string) => LiveSession | undefined;
  /** @throws AppError `model-missing` */
  model: () => Manifest;
  providers: () => ProviderChoice;
  asRun: (runId: string, caller: AbortSignal, work: (signal: AbortSignal) => Promise<void>) => Promise<TrackOutcome>;
  emit: <K extends 'foundFrame' | 'findNeeds'>(name: K, data: EngineEvents[K]) => Promise<void>;
}

export const findMethods = ({ parse, worker, source, live, model, providers, asRun, emit }: FindHost) => {
  /** By run. */
  const feeds = new Map<string, MaskFeed>();
  return {
    /** Resolves when the search has ended; frames come as `foundFrame` events. */
    find: async (raw: EngineInput<'find'>, caller: AbortSignal): Promise<TrackOutcome> => {
      const { sessionId, runId, from, to, settings, detectorDir, hasOthers, targetFps } = parse('find', raw);
      const stream = live(sessionId);
      return asRun(runId, caller, async (signal) => {
        const bundle = detectorDir !== null && wantsDetector(settings) ? await openDetectorBundle(detectorDir, signal) : null;
        const detector = bundle && { ...bundle, choice: providers() };
        if (stream) {
          const { width, height } = stream.media;
          await worker().call('openFind', { runId, width, height, frameCount: null, settings, detector });
          try {
            await findLive({ stream, runId, targetFps, signal, worker, onFrame: (event) => emit('foundFrame', { runId, ...event }) });
          } finally {
            await worker().call('closeFind', { runId });
          }
          return;
        }
        const clip = source(sessionId);
        const { width, height, frameCount } = clip.media;
        await worker().call('openFind', { runId, width, height, frameCount, settings, detector });
        const feed = hasOthers
          ? new MaskFeed({ from, to }, (first, last) => void emit('findNeeds', { runId, from: first, to: last }), signal)
          : null;
        if (feed) feeds.set(runId, feed);
        try {
          await runFind({
            ...{ source: clip, from, to, signal, others: feed },
            interval: settings.interval,
            // There is no hurry: a look is at everything.
            budget: 2 * settings.density ** 2,
            modelSize: model().imageSize,
            logitSize: constantsOf(model()).logitSize,
            find: (frame, timeMs, image, budget, others) =>
              worker().call('findFrame', { runId, frame, timeMs, image, budget, others }, { transfer: [image.buffer as ArrayBuffer] }),
            onFrame: (event) => emit('foundFrame', { runId, ...event }),
          });
        } finally {
          feeds.delete(runId);
          await worker().call('closeFind', { runId });
        }
      });
    },

    releaseFound: async (raw: EngineInput<'releaseFound'>): Promise<object> => {
      await worker().call('releaseFound', parse('releaseFound', raw));
      return {};
    },

    findMasks: async (raw: EngineInput<'findMasks'>): Promise<object> => {
      const { runId, from, frames } = parse('findMasks', raw);
      feeds.get(runId)?.put(from, frames);
      return {};
    },
  };
};
