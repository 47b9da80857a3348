/** The engine's side of the inference worker. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../shared/errors.ts';
import { entryUrl } from '../../common/entry-url.ts';
import { RpcPeer } from '../../common/rpc.ts';
import type { WorkerMethods } from './inference-worker.ts';

export class InferenceClient {
  readonly peer: RpcPeer<WorkerMethods>;
  readonly #worker: Worker;

  constructor(onLost: (error: AppError) => void) {
    const worker = new Worker(entryUrl(import.meta.url, 'inference-worker'));
    this.#worker = worker;
    this.peer = new RpcPeer({
      post: (message, transfer = []) => worker.postMessage(message, transfer),
      onMessage: (listener) => worker.on('message', listener),
    });
    worker.on('error', (cause) => {
      const error = new AppError(
        'engine-lost',
        `The inference worker stopped: ${cause instanceof Error ? cause.message : String(cause)}.`,
        { cause },
      );
      this.peer.close(error);
      onLost(error);
    });
    worker.unref();
  }

  /** Only when no call is under way: ending a running worker aborts the whole process. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}
