/** Runs graphs in this thread or in the second lane, keeps their times, and says which one stopped. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../../../shared/errors.ts';
import type { RunGraph } from '../../../shared/manifest.ts';
import { type Sessions, unreadable } from './graph-sessions.ts';
import type { LaneGraph, LaneTime } from './lane-protocol.ts';
import { absoluteMs, type GraphTimings, RunTimes, type TimedGraph } from './run-times.ts';
import type { LaneEncoding, SecondLane } from './second-lane.ts';

export type Tensors = Record<string, Tensor>;

/** Under which name a graph's time is told. */
const timedAs: Record<RunGraph, TimedGraph> = {
  imageEncoder: 'imageEncoder',
  imageAttention: 'memoryAttention',
  memoryAttention: 'memoryAttention',
  maskDecoder: 'maskDecoder',
  candidateDecoder: 'maskDecoder',
  maskUpscaler: 'maskDecoder',
  maskPrompt: 'maskDecoder',
  memoryEncoder: 'memoryEncoder',
};

const stopped = (graph: RunGraph, error: unknown): AppError => {
  if (error instanceof AppError && error.code === 'engine-lost') return error;
  return new AppError(
    'inference-failed',
    `The model stopped in ${graph}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}. Try another model or the CPU provider.`,
    { cause: error },
  );
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

  /** In this thread, or in the lane what only that has. */
  async run(graph: RunGraph, feeds: Tensors): Promise<Tensors> {
    const opening = this.#sessions[graph];
    if (!opening) return this.runInLane(graph as LaneGraph, feeds);
    const session: InferenceSession = await opening().catch((error) => {
      throw unreadable(graph, error);
    });
    const start = absoluteMs();
    try {
      return (await session.run(feeds)) as Tensors;
    } catch (error) {
      throw stopped(graph, error);
    } finally {
      this.#times.add(timedAs[graph], start, absoluteMs());
    }
  }

  /** See {@link SecondLane.run}. */
  async runInLane(graph: LaneGraph, feeds: Tensors): Promise<Tensors> {
    return (await this.#inLane(graph, this.#lane!.run(graph, feeds))).outputs;
  }

  /** See {@link SecondLane.encode}. */
  encodeInLane(feeds: Tensors, forSeveral: boolean): Promise<LaneEncoding> {
    return this.#inLane('imageEncoder', this.#lane!.encode(feeds, forSeveral));
  }

  /**
   * Runs a graph for each of several objects, one at a time: this thread begins, and the lane takes part as soon as it is free. Which of them ran
   * an object makes no difference to the result.
   * @param feeds of all of them @param each of each one
   */
  async runForEach(graph: LaneGraph, feeds: Tensors, each: readonly Tensors[]): Promise<Tensors[]> {
    const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    // The first is this thread's in any case and need not be sent.
    const rest = each.slice(1);
    const others = this.#inLane(graph, this.#lane!.take(graph, feeds, rest, taken));
    // Told below where the lane took any.
    others.catch(() => {});
    const outputs: Tensors[] = [];
    let own = 0;
    for (let index = -1; index < rest.length; index = Atomics.add(taken, 0, 1)) {
      outputs[1 + index] = await this.run(graph, { ...feeds, ...each[1 + index] });
      own++;
    }
    if (own < each.length) for (const { index, outputs: theirs } of (await others).done) outputs[1 + index] = theirs;
    return outputs;
  }

  /** Keeps the times of what the lane answers, and says which graph stopped. */
  async #inLane<T extends { times: readonly LaneTime[] }>(asked: LaneGraph, answer: Promise<T>): Promise<T> {
    try {
      const told = await answer;
      for (const { graph, startMs, endMs } of told.times) this.#times.add(timedAs[graph], startMs, endMs);
      return told;
    } catch (error) {
      throw stopped(asked, error);
    }
  }
}
