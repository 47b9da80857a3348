/** The thread behind helper-thread.ts: sessions of its own, run one after another in the order asked. */
import { parentPort } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { type MethodMap, RpcPeer, Transferred } from '../../../common/rpc.ts';
import { SerialQueue } from '../../../common/serial-queue.ts';
import { openSession } from '../runtime/create-session.ts';
import { unreadable } from '../runtime/graph-sessions.ts';
import { runFailure } from '../runtime/run-failure.ts';
import { absoluteMs } from '../runtime/run-times.ts';
import { runWork, type Tensors, type Work } from './graph-chains.ts';
import {
  keptImages,
  type LaneFeeds,
  type LaneGraph,
  type LanePaths,
  type LaneShare,
  type LaneTensor,
  type LaneTensors,
  type LaneTime,
  tensorOf,
} from './helper-protocol.ts';

let opened: { paths: LanePaths; threads: number } | null = null;
const sessions = new Map<LaneGraph, InferenceSession>();

/**
 * Most clips have one object, for which only images are encoded here: the other graphs are opened when they are first
 * run.
 */
const sessionOf = async (graph: LaneGraph): Promise<InferenceSession> => {
  let session = sessions.get(graph);
  if (!session) {
    session = await openSession(opened!.paths[graph]!, 'cpu', opened!.threads);
    sessions.set(graph, session);
  }
  return session;
};

/** Features of the last images, by number. */
const kept = new Map<number, Tensors>();

const toOrt = (feeds: LaneFeeds): Tensors =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, fed]) => {
      if ('data' in fed) return [name, tensorOf(fed)];
      const features = kept.get(fed.image);
      if (!features) throw new Error(`image ${fed.image} is not kept any more`);
      return [name, features[fed.name]!];
    }),
  );

const packed = (results: Tensors): LaneTensors =>
  Object.fromEntries(Object.entries(results).map(([name, { type, data, dims }]) => [name, { type, data, dims } as LaneTensor]));

const copied = (results: Tensors): LaneTensors =>
  Object.fromEntries(Object.entries(packed(results)).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]));

const buffersOf = (tensors: LaneTensors): ArrayBuffer[] => Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer);

const timed = async (graph: LaneGraph, feeds: Tensors, times: LaneTime[]): Promise<Tensors> => {
  const session = await sessionOf(graph).catch((error) => {
    throw unreadable(graph, error);
  });
  const startMs = absoluteMs();
  try {
    const results = (await session.run(feeds)) as Tensors;
    times.push({ graph, startMs, endMs: absoluteMs() });
    return results;
  } catch (error) {
    throw runFailure(graph, error);
  }
};

const laneMethods = {
  open: async (input: { paths: LanePaths; threads: number }) => {
    opened = input;
    await sessionOf('imageEncoder');
    return {};
  },

  /**
   * An image.
   * @param image its number, one more than that of the image before
   * @param forSeveral objects or paths: what attention begins with is made as well, and features are kept for the runs
   *   to come
   */
  encode: async ({ image, feeds, forSeveral }: { image: number; feeds: LaneFeeds; forSeveral: boolean }) => {
    const times: LaneTime[] = [];
    kept.delete(image - keptImages);
    const features = await timed('imageEncoder', toOrt(feeds), times);
    if (!forSeveral) {
      const outputs = packed(features);
      return new Transferred({ outputs, forAttention: null, times }, buffersOf(outputs));
    }
    const begun = await timed('imageAttention', { top: features.top! }, times);
    kept.set(image, { ...features, ...begun });
    const [outputs, forAttention] = [copied(features), copied(begun)];
    return new Transferred({ outputs, forAttention, times }, [...buffersOf(outputs), ...buffersOf(forAttention)]);
  },

  /**
   * Work is done for several objects, by whichever thread is free: the next one is nobody's until its number is taken
   * from `taken`.
   * @param feeds of all objects @param each of each object
   */
  take: async ({ work, feeds, each, share: { taken, most } }: { work: Work; feeds: LaneFeeds; each: LaneFeeds[]; share: LaneShare }) => {
    const times: LaneTime[] = [];
    const done: { index: number; outputs: LaneTensors }[] = [];
    while (done.length < most) {
      const index = Atomics.add(taken, 0, 1);
      if (index >= each.length) break;
      const outputs = await runWork(work, (graph, own) => timed(graph, own, times), toOrt({ ...feeds, ...each[index] }));
      done.push({ index, outputs: packed(outputs) });
    }
    return new Transferred(
      { done, times },
      done.flatMap(({ outputs }) => buffersOf(outputs)),
    );
  },

  close: async (_: object) => {
    for (const session of sessions.values()) await session.release();
    sessions.clear();
    return {};
  },
} satisfies MethodMap;

export type LaneMethods = typeof laneMethods;

if (parentPort) {
  const port = parentPort;
  // One at a time: a run blocks the thread, and a second one begun meanwhile would count the first one's time as its
  // own.
  const queue = new SerialQueue();
  const inOrder = Object.fromEntries(
    Object.entries<(input: never) => Promise<unknown>>(laneMethods).map(([name, method]) => [
      name,
      (input: never) => queue.run(() => method(input)),
    ]),
  );
  new RpcPeer<MethodMap>(
    {
      post: (message, transfer = []) => port.postMessage(message, transfer),
      onMessage: (listener) => port.on('message', listener),
    },
    inOrder,
  );
}
