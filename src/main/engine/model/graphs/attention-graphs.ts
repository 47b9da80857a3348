/**
 * The memory attention of a frame: one graph, or two behind `imageAttention` where objects can share memories. Then the
 * reader says what each memory gives, and the rest puts that together for each object (or path of a tree) that attends
 * to it.
 */
import { Tensor } from 'onnxruntime-node';
import type { TrackerConstants } from '../../tracking/constants.ts';
import type { AttendInput } from '../../tracking/graphs.ts';
import { stack, type Tensors, unstack } from '../runtime/tensor-batches.ts';
import type { GraphScheduler } from '../scheduler/graph-scheduler.ts';
import { memoryFeeds, ownMemoryFeeds, pointerFeeds } from './attention-feeds.ts';

export class AttentionGraphs {
  readonly #scheduler: GraphScheduler;
  readonly #c: TrackerConstants;
  #means = new Float32Array(0);
  #sums = new Float32Array(0);

  constructor(scheduler: GraphScheduler, constants: TrackerConstants) {
    this.#scheduler = scheduler;
    this.#c = constants;
  }

  /**
   * @param image `tokens` and `queries` of the frame, or `top` where there is no reader
   * @param work what is done with each object's memories
   * @returns per object, what the last graph of it gives
   */
  async attend(image: Tensors, input: AttendInput, work: 'memoryAttention' | 'attendAndDecode'): Promise<Tensors[]> {
    const pointers = pointerFeeds(input, this.#c);
    if (!this.#scheduler.has('memoryReader')) {
      return this.#scheduler.runForEach(work, image, unstack({ ...ownMemoryFeeds(input, this.#c), ...pointers }));
    }
    const read = await this.#read(image.queries!, memoryFeeds(input, this.#c));
    const slots = new Tensor('int64', input.memorySlot, [input.batch, input.memories]);
    return this.#scheduler.runForEach(work, { ...image, ...read }, unstack({ memory_slot: slots, ...pointers }));
  }

  /** What each memory gives, in room that is used again: nobody reads it any more when {@link attend} resolves. */
  async #read(queries: Tensor, memories: readonly Tensors[]): Promise<Tensors> {
    if (this.#scheduler.placementOf('memoryReader') === 'batch')
      return this.#scheduler.run('memoryReader', { queries, ...stack(memories) });
    const into = this.#room(memories.length);
    const each = unstack(into);
    await this.#scheduler.runForEach('memoryReader', { queries }, memories, each);
    return into;
  }

  #room(memories: number): Tensors {
    const { featureSize, memoryDim } = this.#c;
    const tokens = featureSize * featureSize;
    const length = memories * tokens;
    if (this.#sums.length < length) {
      this.#means = new Float32Array(length * memoryDim);
      this.#sums = new Float32Array(length);
    }
    return {
      means: new Tensor('float32', this.#means.subarray(0, length * memoryDim), [memories, tokens, memoryDim]),
      sums: new Tensor('float32', this.#sums.subarray(0, length), [memories, tokens]),
    };
  }
}
