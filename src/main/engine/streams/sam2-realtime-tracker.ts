/** SAM 2 on a stream: the inference worker's session (tracking/video-tracker.ts) behind the interface of trackers. */
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { decodeRle, expandCounts } from '../../../shared/rle.ts';
import type { RpcPeer } from '../../common/rpc.ts';
import type { WorkerMethods } from '../worker/inference-worker.ts';
import type { StreamTracker, TrackerFrame, TrackerPrompt, TrackerStatus, TrackingResult } from './stream-tracker.ts';

export interface TrackerContext {
  sessionId: string;
  memory: MemorySettings;
  worker: () => RpcPeer<WorkerMethods>;
}

export class Sam2RealtimeTracker implements StreamTracker {
  readonly name = 'sam2_realtime';
  readonly supportsBatching = true;
  readonly #context: TrackerContext;
  #isInitialised = false;
  #framesDone = 0;
  #meanMs: number | null = null;

  constructor(context: TrackerContext) {
    this.#context = context;
  }

  get status(): TrackerStatus {
    return { name: this.name, isInitialised: this.#isInitialised, framesDone: this.#framesDone, processingMs: this.#meanMs };
  }

  async initialise(
    { width, height }: { width: number; height: number },
    first?: { frame: TrackerFrame; prompts: readonly TrackerPrompt[] },
  ): Promise<void> {
    const { sessionId, worker } = this.#context;
    await worker().call('openSession', { sessionId, width, height, frameCount: null });
    this.#isInitialised = true;
    if (!first) return;
    const { frame, model } = first.frame;
    for (const { objectId, mask } of first.prompts) {
      const pixels = decodeRle({ size: mask.size, counts: expandCounts(mask.counts) });
      await worker().call('setMask', { sessionId, objectId, frame, mask: pixels, image: model.slice() });
    }
    await worker().call('encodePending', { sessionId, frame });
  }

  takePrompts(): Promise<{ id: number; conditioning: number[] }[]> {
    const { sessionId, memory, worker } = this.#context;
    return worker().call('startPropagation', { sessionId, memory });
  }

  async processFrame({ frame, model }: TrackerFrame, objectIds: number[]): Promise<TrackingResult> {
    const { sessionId, worker } = this.#context;
    // The ring keeps its own.
    const image = model.slice();
    const answer = await worker().call('trackFrame', { sessionId, frame, reverse: false, image, objectIds }, { transfer: [image.buffer] });
    const tracks = answer.results.map((result) => ({
      id: result.objectId,
      score: result.predictedIou,
      isPresent: result.objectLogit > 0,
    }));
    this.#framesDone++;
    this.#meanMs = this.#meanMs === null ? answer.workerMs : this.#meanMs * 0.9 + answer.workerMs * 0.1;
    return {
      frameNumber: frame,
      masks: answer.results,
      tracks,
      objectCount: tracks.filter(({ isPresent }) => isPresent).length,
      processingMs: answer.workerMs,
      timings: answer.timings,
    };
  }

  async cleanUp(): Promise<void> {
    this.#isInitialised = false;
    await this.#context.worker().call('closeSession', { sessionId: this.#context.sessionId });
  }
}
