/**
 * A second thread with sessions of its own, for the CPU: images of the next frames are encoded there while this one's
 * memory is attended, decoded and encoded (images-ahead.ts says when). Of several objects it takes some as soon as it
 * is free (dealing.ts). Kernels of a small model are too short to be shared by two threads: on two cores nano's image
 * encoder takes 25.6 ms with one thread and 19.3 with two, the rest of a frame 21.7 and 20.5, so that one thread each
 * side by side (26) is a third faster than one after the other with two (39). A large model's kernels do share well;
 * its two lanes have all threads each, and gain a twentieth (SAM 2.1 tiny at 512 px: 790 ms against 830).
 *
 * Results do not depend on the lane: every object is a run of its own, which gives the same bits in either thread.
 */
import { Worker } from 'node:worker_threads';
import type { Tensor } from 'onnxruntime-node';
import { AppError } from '../../../../shared/errors.ts';
import { entryUrl } from '../../../common/entry-url.ts';
import { RpcPeer } from '../../../common/rpc.ts';
import type { TrackerConstants } from '../../tracking/constants.ts';
import type { Work } from './graph-chains.ts';
import {
  type KeptTensor,
  keptImages,
  type LaneFeeds,
  type LanePaths,
  type LaneShare,
  type LaneTensor,
  type LaneTensors,
  type LaneTime,
  tensorOf,
} from './helper-protocol.ts';
import type { LaneMethods } from './helper-worker.ts';

/**
 * Features of a frame (h * h * C values) under which kernels are too short for several threads, and several objects fit
 * into the cache.
 */
const smallFeatures = 1 << 17;

export const isSmallModel = ({ featureSize, hiddenDim }: TrackerConstants): boolean => featureSize ** 2 * hiddenDim < smallFeatures;

export interface LanePlan {
  /** Threads of the inference worker's own sessions. */
  first: number;
  second: number;
}

/** @returns null where one lane is all there is */
export const planLanes = (threads: number, constants: TrackerConstants): LanePlan | null => {
  if (threads < 2) return null;
  if (!isSmallModel(constants)) return { first: threads, second: threads };
  return { first: Math.ceil(threads / 2), second: Math.floor(threads / 2) };
};

export interface LaneEncoding {
  outputs: Record<string, Tensor>;
  times: LaneTime[];
  /** What attention begins with, where it was asked for. */
  forAttention: Record<string, Tensor> | null;
}

export interface LaneDone {
  /** What was run here, by the object's number. */
  done: { index: number; outputs: Record<string, Tensor> }[];
  times: LaneTime[];
}

const unpacked = (tensors: LaneTensors): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensorOf(tensor)]));

export class SecondLane {
  readonly #worker: Worker;
  readonly #peer: RpcPeer<LaneMethods>;
  #pending = 0;
  /** Encoded so far, or on the way. */
  #images = 0;
  /** What the lane made and keeps for a while. */
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
  async open(paths: LanePaths, threads: number): Promise<this> {
    await this.#alive(this.#peer.call('open', { paths, threads }));
    return this;
  }

  /**
   * Runs the image encoder when its turn comes.
   * @param forSeveral objects or paths: behind it goes the work on the image alone that attention begins with, and the
   *   lane keeps the features
   */
  async encode(feeds: Record<string, Tensor>, forSeveral: boolean): Promise<LaneEncoding> {
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
  async take(work: Work, feeds: Record<string, Tensor>, each: readonly Record<string, Tensor>[], share: LaneShare): Promise<LaneDone> {
    const moved: ArrayBuffer[] = [];
    const input = { work, feeds: this.#packed(feeds, moved), each: each.map((own) => this.#packed(own, moved)), share };
    const { done, times } = await this.#alive(this.#peer.call('take', input, { transfer: moved }));
    return { done: done.map(({ index, outputs }) => ({ index, outputs: unpacked(outputs) })), times };
  }

  /**
   * What the lane needs to have the feeds: it works in the order asked, so what it will have kept by then is known now.
   * @param moved gets what was copied here: a view would bring along all of what it is a part of
   */
  #packed(feeds: Record<string, Tensor>, moved: ArrayBuffer[]): LaneFeeds {
    const packed = Object.entries(feeds).map(([name, tensor]): [string, LaneTensor | KeptTensor] => {
      const made = this.#made.get(tensor);
      if (made && this.#images - made.image < keptImages) return [name, made];
      const { type, data, dims } = tensor;
      let values = data as Float32Array<ArrayBuffer>;
      if (values.byteLength < values.buffer.byteLength) {
        values = values.slice();
        moved.push(values.buffer);
      }
      return [name, { type, data: values, dims } as LaneTensor];
    });
    return Object.fromEntries(packed);
  }

  /** Waits for what is under way: ending a thread during a run aborts the process. */
  async release(): Promise<void> {
    await this.#alive(this.#peer.call('close', {})).catch(() => {});
    await this.#worker.terminate();
  }

  /** An idle lane does not keep its process alive; one that is waited for does. */
  async #alive<T>(answer: Promise<T>): Promise<T> {
    if (this.#pending++ === 0) this.#worker.ref();
    try {
      return await answer;
    } finally {
      if (--this.#pending === 0) this.#worker.unref();
    }
  }
}
