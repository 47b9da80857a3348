/** Runs graphs in this thread or in the second lane, and keeps their times. */
import type { InferenceSession } from 'onnxruntime-node';
import type { RunGraph } from '../../../../shared/manifest.ts';
import type { GraphTimings, TimedGraph } from '../../api/timings.ts';
import { type Dealing, sharesOf } from '../scheduler/dealing.ts';
import { runWork, type Tensors, type Work } from '../scheduler/graph-chains.ts';
import type { LaneTime } from '../scheduler/helper-protocol.ts';
import type { LaneEncoding, SecondLane } from '../scheduler/helper-thread.ts';
import { apart, together } from './batch-parts.ts';
import { type Sessions, unreadable } from './graph-sessions.ts';
import { runFailure } from './run-failure.ts';
import { absoluteMs, RunTimes } from './run-times.ts';

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

export class GraphRunner {
  readonly #sessions: Sessions;
  readonly #lane: SecondLane | null;
  readonly #times = new RunTimes();

  constructor(sessions: Sessions, lane: SecondLane | null) {
    this.#sessions = sessions;
    this.#lane = lane;
  }

  get hasLane(): boolean {
    return this.#lane !== null;
  }

  /** This thread has the graph. */
  has(graph: RunGraph): boolean {
    return this.#sessions[graph] !== null;
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

  /** See {@link SecondLane.encode}. */
  encodeInLane(feeds: Tensors, forSeveral: boolean): Promise<LaneEncoding> {
    return this.#inLane(this.#lane!.encode(feeds, forSeveral));
  }

  /**
   * Does some work for each of several objects.
   * @param feeds of all of them @param each of each one, a batch of 1
   * @param into tensors that each one's outputs are written to, for work that is one graph
   */
  async runForEach(
    dealing: Dealing,
    work: Work,
    feeds: Tensors,
    each: readonly Tensors[],
    into: readonly Tensors[] = [],
  ): Promise<Tensors[]> {
    if (dealing === 'together') return apart(await this.#work(work, { ...feeds, ...together(each) }));
    const { kept, most } = sharesOf(work, each.length);
    if (dealing === 'to whichever lane is free' && each.length > kept) return this.#runInBoth(work, feeds, each, into, { kept, most });
    const outputs: Tensors[] = [];
    for (const [index, own] of each.entries()) outputs.push(await this.#work(work, { ...feeds, ...own }, into[index]));
    return outputs;
  }

  /**
   * This thread begins, and the lane takes part as soon as it is free. Which of them ran an object makes no difference
   * to the result.
   * @param shares see {@link sharesOf}
   */
  async #runInBoth(
    work: Work,
    feeds: Tensors,
    each: readonly Tensors[],
    into: readonly Tensors[],
    { kept, most }: { kept: number; most: number },
  ): Promise<Tensors[]> {
    const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const others = this.#inLane(this.#lane!.take(work, feeds, each.slice(kept), { taken, most }));
    // Told below where the lane took any.
    others.catch(() => {});
    const outputs: Tensors[] = [];
    let own = 0;
    try {
      for (let index = 0; index < each.length; index = index + 1 < kept ? index + 1 : kept + Atomics.add(taken, 0, 1)) {
        outputs[index] = await this.#work(work, { ...feeds, ...each[index] }, into[index]);
        own++;
      }
    } catch (error) {
      // Nobody needs the others any more.
      Atomics.store(taken, 0, each.length);
      throw error;
    }
    if (own === each.length) return outputs;
    for (const { index, outputs: theirs } of (await others).done) {
      outputs[kept + index] = theirs;
      for (const [name, tensor] of Object.entries(into[kept + index] ?? {}))
        (tensor.data as Float32Array).set(theirs[name]!.data as Float32Array);
    }
    return outputs;
  }

  #work(work: Work, feeds: Tensors, into?: Tensors): Promise<Tensors> {
    return runWork(work, (graph, own) => this.run(graph, own, into), feeds);
  }

  /** Keeps the times of what the lane answers. */
  async #inLane<T extends { times: readonly LaneTime[] }>(answer: Promise<T>): Promise<T> {
    const told = await answer;
    for (const { graph, startMs, endMs } of told.times) this.#times.add(timedAs[graph], startMs, endMs);
    return told;
  }
}
