/** What the engine does about prompts: the frame is decoded here, the mask made by the worker. */
import { AppError } from '../../../shared/errors.ts';
import { decodeRle, expandCounts } from '../../../shared/rle.ts';
import type { RpcPeer } from '../../common/rpc.ts';
import type { EngineEvents, EngineInput, EngineResult } from '../api/protocol.ts';
import type { GraphTimings } from '../api/timings.ts';
import type { MediaSource } from '../pipeline/media-source.ts';
import { toEngineResult } from '../pipeline/results.ts';
import type { ObjectFrameResult } from '../tracking/tracker-core.ts';
import type { WorkerMethods } from '../worker/inference-worker.ts';
import type { LiveSources } from './live-methods.ts';
import type { ModelLock } from './model-lock.ts';

/** What the worker says to a prompt: the mask, and what it took. */
interface PromptAnswer {
  result: ObjectFrameResult;
  timings: GraphTimings;
  workerMs: number;
}

export interface PromptMethodsHost {
  parse: <M extends 'setPoints' | 'setMask' | 'prefetchFrame' | 'setForeground' | 'clearPrompts' | 'removeObject'>(
    method: M,
    input: unknown,
  ) => EngineInput<M>;
  lock: ModelLock;
  worker: () => RpcPeer<WorkerMethods>;
  /** A clip or a live source. @throws AppError `session-unknown` */
  source: (sessionId: string) => Pick<MediaSource, 'modelFrame'> & { media: { width: number; height: number } };
  /** @throws AppError `model-missing` */
  modelSize: () => number;
  onPrompt: LiveSources['onPrompt'];
  emit: (event: EngineEvents['prompted']) => void;
}

export const promptMethods = ({ parse, lock, worker, source, modelSize, onPrompt, emit }: PromptMethodsHost) => {
  const prompt = (
    sessionId: string,
    objectId: number,
    frame: number,
    ask: (image: Uint8Array) => Promise<PromptAnswer>,
  ): Promise<EngineResult> =>
    lock.use(async () => {
      const start = performance.now();
      const { media } = source(sessionId);
      const image = await source(sessionId).modelFrame(frame, modelSize());
      const decodeMs = performance.now() - start;
      const answer = ask(image);
      // Queued behind the click, so the click is answered first; its failure is the click's own.
      const encoded = worker().call('encodePending', { sessionId, frame });
      encoded.catch(() => {});
      const { result, timings, workerMs } = await answer;
      const made = toEngineResult(result, media);
      onPrompt(sessionId, { kind: 'set', objectId, frame });
      emit({ sessionId, frame, decodeMs, timings, workerMs, totalMs: performance.now() - start });
      return made;
    });

  /** By session: the newest request. */
  const prefetched = new Map<string, object>();
  return {
    setPoints: async (raw: EngineInput<'setPoints'>): Promise<EngineResult> => {
      const { sessionId, objectId, frame, points, box, prior, candidate } = parse('setPoints', raw);
      return prompt(sessionId, objectId, frame, (image) =>
        worker().call('setPoints', {
          sessionId,
          objectId,
          frame,
          image,
          prior,
          candidate,
          prompt: {
            points: points.map(({ x, y }) => [x, y]),
            labels: points.map(({ label }) => label),
            box: box ? [box.x, box.y, box.x + box.width, box.y + box.height] : null,
          },
        }),
      );
    },

    setMask: async (raw: EngineInput<'setMask'>): Promise<EngineResult> => {
      const { sessionId, objectId, frame, mask } = parse('setMask', raw);
      const { width, height } = source(sessionId).media;
      if (mask.size[0] !== height || mask.size[1] !== width) {
        throw new AppError(
          'prompt-invalid',
          `The mask is ${mask.size[1]} x ${mask.size[0]} px and the clip ${width} x ${height}. Use a mask of the clip's size.`,
        );
      }
      const pixels = decodeRle({ size: mask.size, counts: expandCounts(mask.counts) });
      return prompt(sessionId, objectId, frame, (image) => worker().call('setMask', { sessionId, objectId, frame, mask: pixels, image }));
    },

    /**
     * Somebody looks at a frame: what its first prompt needs is made ready. Of several of a session the newest counts.
     */
    prefetchFrame: async (raw: EngineInput<'prefetchFrame'>): Promise<object> => {
      const { sessionId, frame } = parse('prefetchFrame', raw);
      const request = {};
      prefetched.set(sessionId, request);
      try {
        return await lock.use(async () => {
          if (prefetched.get(sessionId) !== request) return {};
          const image = await source(sessionId).modelFrame(frame, modelSize());
          return prefetched.get(sessionId) === request ? worker().call('prefetchFrame', { sessionId, frame, image }) : {};
        });
      } finally {
        if (prefetched.get(sessionId) === request) prefetched.delete(sessionId);
      }
    },

    setForeground: async (raw: EngineInput<'setForeground'>): Promise<object> =>
      worker().call('setForeground', parse('setForeground', raw)),

    clearPrompts: async (raw: EngineInput<'clearPrompts'>): Promise<object> => {
      const input = parse('clearPrompts', raw);
      await lock.use(() => worker().call('clearPrompts', input));
      onPrompt(input.sessionId, { kind: 'cleared', ...input });
      return {};
    },

    removeObject: async (raw: EngineInput<'removeObject'>): Promise<object> => {
      const input = parse('removeObject', raw);
      await lock.use(() => worker().call('removeObject', input));
      onPrompt(input.sessionId, { kind: 'removed', frame: 0, ...input });
      return {};
    },
  };
};
