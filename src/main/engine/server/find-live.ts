/** A search for objects on a live source, until it is cancelled or the source ends. */
import type { RpcPeer } from '../../common/rpc.ts';
import type { FoundFrameEvent } from '../api/protocol.ts';
import { FoundFrames } from '../pipeline/found-frames.ts';
import { LiveFinder } from '../streams/live-finder.ts';
import type { LiveSession } from '../streams/live-session.ts';
import type { WorkerMethods } from '../worker/inference-worker.ts';

export interface FindLiveOptions {
  stream: LiveSession;
  runId: string;
  targetFps: number;
  signal: AbortSignal;
  worker: () => RpcPeer<WorkerMethods>;
  onFrame: (event: Omit<FoundFrameEvent, 'runId'>) => Promise<void>;
}

/** @throws why a picture could not be looked at; AppError `cancelled` when the signal fires */
export const findLive = async ({ stream, runId, targetFps, signal, worker, onFrame }: FindLiveOptions): Promise<void> => {
  const found = new FoundFrames(stream.media);
  const ended = Promise.withResolvers<void>();
  let done = 0;
  const finder = new LiveFinder({
    targetFps,
    look: ({ timeMs, image, others }, { step, budget, detects }) => {
      const copy = image.slice();
      return worker().call('findFrame', { runId, frame: step, timeMs, image: copy, budget, detects, others }, { transfer: [copy.buffer] });
    },
    onAnswer: (frame, answer) => onFrame({ frame, done: ++done, total: 0, ...found.take(frame, answer) }),
    onFailed: ended.reject,
  });
  const onAbort = (): void => ended.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  stream.watch({ see: (view) => finder.see(view), ended: ended.resolve });
  try {
    signal.throwIfAborted();
    await ended.promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.watch(null);
    await finder.close();
  }
};
