/**
 * Decides where and when a model's graphs run, and keeps their times: in this thread or in the helper thread, one
 * object after the other or as a batch, now or ahead. What it decides never changes a result. docs/graph-scheduler.md
 * explains it as a whole.
 */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { RunGraph } from '../../../../shared/manifest.ts';
import type { GraphTimings, TimedGraph } from '../../api/timings.ts';
import type { AheadFeatures } from '../../tracking/graphs.ts';
import { type Sessions, unreadable } from '../runtime/graph-sessions.ts';
import { runFailure } from '../runtime/run-failure.ts';
import { absoluteMs, RunTimes } from '../runtime/run-times.ts';
import { stack, type Tensors, unstack } from '../runtime/tensor-batches.ts';
import { type EncodedImage, encodedImage } from './encoded-image.ts';
import type { HelperTime } from './helper-protocol.ts';
import type { HelperThread } from './helper-thread.ts';
import { ImagesAhead } from './images-ahead.ts';
import { runWork, type Work } from './object-work.ts';
import { type Means, type Placement, placementOf, type Shares, sharesOf } from './placement.ts';
import { SharedCursor } from './shared-cursor.ts';

/** Under which name a graph's time is told. */
const timedAs: Record<RunGraph, TimedGraph> = {
  imageEncoder: 'imageEncoder',
  imageAttention: 'memoryAttention',
  memoryReader: 'memoryAttention',
  memoryAttention: 'memoryAttention',
  maskDecoder: 'maskDecoder',
  candidateDecoder: 'maskDecoder',
  maskUpscaler: 'maskDecoder',
  maskPrompt: 'maskDecoder',
  memoryEncoder: 'memoryEncoder',
};

export type SchedulerMeans = Pick<Means, 'provider' | 'isSmall'>;

export class GraphScheduler {
  readonly #sessions: Sessions;
  /** null: this thread does everything. */
  readonly #helper: HelperThread | null;
  readonly #means: Means;
  /** null without a helper. */
  readonly #ahead: ImagesAhead<EncodedImage> | null;
  readonly #times = new RunTimes();

  constructor(sessions: Sessions, helper: HelperThread | null, means: SchedulerMeans) {
    this.#sessions = sessions;
    this.#helper = helper;
    this.#means = { ...means, hasHelper: helper !== null, has: (graph) => this.has(graph) };
    this.#ahead = helper && new ImagesAhead((rgb, forSeveral, owner) => this.#encode(rgb, forSeveral, owner), means.isSmall);
  }

  /** This thread has the graph. */
  has(graph: RunGraph): boolean {
    return this.#sessions[graph] !== null;
  }

  /** Where {@link runForEach} does this. */
  placementOf(work: Work): Placement {
    return placementOf(work, this.#means);
  }

  /** Time inside ONNX Runtime since the last call. */
  takeTimings(): GraphTimings {
    return this.#times.take();
  }

  /** A graph that this thread {@link has}. @param into tensors that the outputs are written to */
  async run(graph: RunGraph, feeds: Tensors, into?: Tensors): Promise<Tensors> {
    const session: InferenceSession = await this.#sessions[graph]!().catch((error) => {
      throw unreadable(graph, error);
    });
    const start = absoluteMs();
    try {
      return (await (into ? session.run(feeds, into) : session.run(feeds))) as Tensors;
    } catch (error) {
      throw runFailure(graph, error);
    } finally {
      this.#times.add(timedAs[graph], start, absoluteMs());
    }
  }

  /**
   * Does some work for each of several objects, where {@link placementOf} says.
   * @param feeds of all of them @param each of each one, a batch of 1
   * @param into tensors that each one's outputs are written to, for work that is one graph
   */
  async runForEach(work: Work, feeds: Tensors, each: readonly Tensors[], into: readonly Tensors[] = []): Promise<Tensors[]> {
    const placement = this.placementOf(work);
    if (placement === 'batch') return unstack(await this.#work(work, { ...feeds, ...stack(each) }));
    const shares = sharesOf(work, each.length);
    if (placement === 'both threads' && each.length > shares.kept) return this.#runInBoth(work, feeds, each, into, shares);
    const outputs: Tensors[] = [];
    for (const [index, own] of each.entries()) outputs.push(await this.#work(work, { ...feeds, ...own }, into[index]));
    return outputs;
  }

  /** Encodes an image now. @param rgb [S, S, 3] @param owner whose frame it is */
  encodeImage(rgb: Uint8Array, owner: object): Promise<EncodedImage> {
    this.#ahead?.newFrame(owner);
    return this.#encode(rgb, false, owner);
  }

  /** See {@link ImagesAhead.begin}; null without a helper. */
  encodeAhead(rgb: Uint8Array, isNext: boolean, owner: object): AheadFeatures | null {
    return this.#ahead?.begin(rgb, isNext, owner) ?? null;
  }

  /**
   * What the attention takes of an image; made once.
   * @param batch objects or paths whose memories are attended to now
   */
  beginAttention(image: EncodedImage, batch: number): Promise<Tensors> {
    this.#ahead?.attends(batch, image.owner);
    const { top } = image;
    if (!this.has('imageAttention')) return Promise.resolve({ top });
    image.forAttention ??= askedOnce(image, this.run('imageAttention', { top }));
    return image.forAttention;
  }

  /** The present frame's memories are on their way: the helper has an image to encode after its share of them. */
  memoriesBegun(): void {
    this.#ahead?.remembers();
  }

  /** @param forSeveral see {@link ImagesAhead} */
  async #encode(rgb: Uint8Array, forSeveral: boolean, owner: object): Promise<EncodedImage> {
    const side = Math.sqrt(rgb.length / 3);
    const feeds = { image: new Tensor('uint8', rgb, [1, side, side, 3]) };
    if (this.has('imageEncoder')) return encodedImage(await this.run('imageEncoder', feeds), owner);
    const { outputs, forAttention } = await this.#inHelper(this.#helper!.encode(feeds, forSeveral && this.has('imageAttention')));
    return { ...encodedImage(outputs, owner), ...(forAttention && { forAttention: Promise.resolve(forAttention) }) };
  }

  /**
   * This thread begins, and the helper takes part as soon as it is free. Which of them ran an object makes no
   * difference.
   */
  async #runInBoth(
    work: Work,
    feeds: Tensors,
    each: readonly Tensors[],
    into: readonly Tensors[],
    { kept, mostOfHelper }: Shares,
  ): Promise<Tensors[]> {
    // Counts from the first object that is not this thread's in any case.
    const cursor = new SharedCursor();
    const helped = this.#inHelper(this.#helper!.take(work, feeds, each.slice(kept), { cursor: cursor.cell, most: mostOfHelper }));
    // Told below where the helper took any.
    helped.catch(() => {});
    const outputs: Tensors[] = [];
    let own = 0;
    const runHere = async (index: number): Promise<void> => {
      outputs[index] = await this.#work(work, { ...feeds, ...each[index] }, into[index]);
      own++;
    };
    try {
      for (let index = 0; index < kept; index++) await runHere(index);
      for (let index = kept + cursor.take(); index < each.length; index = kept + cursor.take()) await runHere(index);
    } catch (error) {
      // Nobody needs the others any more.
      cursor.end(each.length);
      throw error;
    }
    if (own === each.length) return outputs;
    for (const { index, outputs: theirs } of (await helped).done) {
      outputs[kept + index] = theirs;
      for (const [name, tensor] of Object.entries(into[kept + index] ?? {}))
        (tensor.data as Float32Array).set(theirs[name]!.data as Float32Array);
    }
    return outputs;
  }

  #work(work: Work, feeds: Tensors, into?: Tensors): Promise<Tensors> {
    return runWork(work, (graph, own) => this.run(graph, own, into), feeds);
  }

  /** Keeps the times of what the helper answers. */
  async #inHelper<T extends { times: readonly HelperTime[] }>(answer: Promise<T>): Promise<T> {
    const told = await answer;
    for (const { graph, startMs, endMs } of told.times) this.#times.add(timedAs[graph], startMs, endMs);
    return told;
  }
}

/** A run that fails is told where it is attended to, and is not remembered, so that another try runs it anew. */
const askedOnce = (image: EncodedImage, run: Promise<Tensors>): Promise<Tensors> => {
  run.catch(() => {
    if (image.forAttention === run) delete image.forAttention;
  });
  return run;
};
