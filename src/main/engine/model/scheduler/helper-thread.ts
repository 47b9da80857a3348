/**
 * A second thread with sessions of its own, for the CPU. It encodes images ahead and takes some of several objects.
 * Kernels of a small model are too short for two threads: on two cores nano's image encoder takes 25.6 ms with one
 * thread and 19.3 with two, the rest of a frame 21.7 and 20.5, so that one thread each side by side (26) is a third
 * faster than one after the other with two (39). A large model's kernels do share well; both threads then run graphs on
 * all cores, and gain a twentieth (SAM 2.1 tiny at 512 px: 790 ms against 830).
 */
import { Worker } from 'node:worker_threads';
import type { Tensor } from 'onnxruntime-node';
import { AppError } from '../../../../shared/errors.ts';
import { entryUrl } from '../../../common/entry-url.ts';
import { RpcPeer } from '../../../common/rpc.ts';
import type { TrackerConstants } from '../../tracking/constants.ts';
import {
  type HelperFeeds,
  type HelperPaths,
  type HelperShare,
  type HelperTensor,
  type HelperTensors,
  type HelperTime,
  type KeptTensor,
  keptImages,
  tensorOf,
} from './helper-protocol.ts';
import type { HelperMethods } from './helper-worker.ts';
import type { Work } from './object-work.ts';

/**
 * Features of a frame (h * h * C values) under which kernels are too short for several threads, and several objects fit
 * into the cache.
 */
const smallFeatures = 1 << 17;

export const isSmallModel = ({ featureSize, hiddenDim }: TrackerConstants): boolean => featureSize ** 2 * hiddenDim < smallFeatures;

export interface ThreadPlan {
  /** Of the inference worker's own sessions. */
  own: number;
  helper: number;
}

/** @returns null where no helper is of use */
export const planThreads = (threads: number, constants: TrackerConstants): ThreadPlan | null => {
  if (threads < 2) return null;
  if (!isSmallModel(constants)) return { own: threads, helper: threads };
  return { own: Math.ceil(threads / 2), helper: Math.floor(threads / 2) };
};

export interface HelperEncoding {
  outputs: Record<string, Tensor>;
  times: HelperTime[];
  /** What attention begins with, where it was asked for. */
  forAttention: Record<string, Tensor> | null;
}

export interface HelperDone {
  /** What was run here, by the object's number. */
  done: { index: number; outputs: Record<string, Tensor> }[];
  times: HelperTime[];
}

const unpacked = (tensors: HelperTensors): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensorOf(tensor)]));

export class HelperThread {
  readonly #worker: Worker;
  readonly #peer: RpcPeer<HelperMethods>;
  #pending = 0;
  /** Encoded so far, or on the way. */
  #images = 0;
  /** What the helper made and keeps for a while. */
  readonly #made = new WeakMap<Tensor, KeptTensor>();

  /** The thread loads its modules; see {@link open}. */
  constructor() {
    const worker = new Worker(entryUrl(import.meta.url, 'helper-worker'));
    this.#worker = worker;
    this.#peer = new RpcPeer({
      post: (message, transfer = []) => worker.postMessage(message, transfer),
      onMessage: (listener) => worker.on('message', listener),
    });
    worker.on('error', (cause) => {
      const error = new AppError('engine-lost', `The helper thread stopped: ${cause.message}.`, { cause });
      this.#peer.close(error);
      // Without it the worker is of no use; its end restarts the engine.
      throw error;
    });
    worker.unref();
  }

  /** @throws whatever ONNX Runtime says of a graph it can't load, as AppError */
  async open(paths: HelperPaths, threads: number): Promise<this> {
    await this.#alive(this.#peer.call('open', { paths, threads }));
    return this;
  }

  /**
   * Runs the image encoder when its turn comes.
   * @param forSeveral objects or paths: behind it goes the work on the image alone that attention begins with, and the
   *   helper keeps the features
   */
  async encode(feeds: Record<string, Tensor>, forSeveral: boolean): Promise<HelperEncoding> {
    const moved: ArrayBuffer[] = [];
    const image = ++this.#images;
    const input = { image, feeds: this.#packed(feeds, moved), forSeveral };
    const { outputs, forAttention, times } = await this.#alive(this.#peer.call('encode', input, { transfer: moved }));
    const made = { outputs: unpacked(outputs), forAttention: forAttention && unpacked(forAttention) };
    if (forSeveral)
      for (const [name, tensor] of Object.entries({ ...made.outputs, ...made.forAttention })) this.#made.set(tensor, { image, name });
    return { ...made, times };
  }

  /**
   * Takes part in work for several objects, when its turn comes and as long as there are any. Inputs are copied.
   */
  async take(work: Work, feeds: Record<string, Tensor>, each: readonly Record<string, Tensor>[], share: HelperShare): Promise<HelperDone> {
    const moved: ArrayBuffer[] = [];
    const input = { work, feeds: this.#packed(feeds, moved), each: each.map((own) => this.#packed(own, moved)), share };
    const { done, times } = await this.#alive(this.#peer.call('take', input, { transfer: moved }));
    return { done: done.map(({ index, outputs }) => ({ index, outputs: unpacked(outputs) })), times };
  }

  /**
   * What the helper needs to have the feeds: it works in the order asked, so what it will have kept by then is known
   * now.
   * @param moved gets what was copied here: a view would bring along all of what it is a part of
   */
  #packed(feeds: Record<string, Tensor>, moved: ArrayBuffer[]): HelperFeeds {
    const packed = Object.entries(feeds).map(([name, tensor]): [string, HelperTensor | KeptTensor] => {
      const made = this.#made.get(tensor);
      if (made && this.#images - made.image < keptImages) return [name, made];
      const { type, data, dims } = tensor;
      let values = data as Float32Array<ArrayBuffer>;
      if (values.byteLength < values.buffer.byteLength) {
        values = values.slice();
        moved.push(values.buffer);
      }
      return [name, { type, data: values, dims } as HelperTensor];
    });
    return Object.fromEntries(packed);
  }

  /** Waits for what is under way: ending a thread during a run aborts the process. */
  async release(): Promise<void> {
    await this.#alive(this.#peer.call('close', {})).catch(() => {});
    await this.#worker.terminate();
  }

  /** An idle helper does not keep its process alive; one that is waited for does. */
  async #alive<T>(answer: Promise<T>): Promise<T> {
    if (this.#pending++ === 0) this.#worker.ref();
    try {
      return await answer;
    } finally {
      if (--this.#pending === 0) this.#worker.unref();
    }
  }
}
