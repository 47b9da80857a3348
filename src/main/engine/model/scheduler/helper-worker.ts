/** The thread behind helper-thread.ts: sessions of its own, run one after another in the order asked. */
import { parentPort } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { type MethodMap, RpcPeer, Transferred } from '../../../common/rpc.ts';
import { SerialQueue } from '../../../common/serial-queue.ts';
import { openSession } from '../runtime/create-session.ts';
import { unreadable } from '../runtime/graph-sessions.ts';
import { runFailure } from '../runtime/run-failure.ts';
import { absoluteMs } from '../runtime/run-times.ts';
import type { Tensors } from '../runtime/tensor-batches.ts';
import {
  type HelperFeeds,
  type HelperGraph,
  type HelperPaths,
  type HelperShare,
  type HelperTensor,
  type HelperTensors,
  type HelperTime,
  keptImages,
  tensorOf,
} from './helper-protocol.ts';
import { runWork, type Work } from './object-work.ts';
import { SharedCursor } from './shared-cursor.ts';

let opened: { paths: HelperPaths; threads: number } | null = null;
const sessions = new Map<HelperGraph, InferenceSession>();

/**
 * Most clips have one object, for which only images are encoded here: the other graphs are opened when they are first
 * run.
 */
const sessionOf = async (graph: HelperGraph): Promise<InferenceSession> => {
  let session = sessions.get(graph);
  if (!session) {
    session = await openSession(opened!.paths[graph]!, 'cpu', opened!.threads);
    sessions.set(graph, session);
  }
  return session;
};

/** Features of the last images, by number. */
const kept = new Map<number, Tensors>();

const toOrt = (feeds: HelperFeeds): Tensors =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, fed]) => {
      if ('data' in fed) return [name, tensorOf(fed)];
      const features = kept.get(fed.image);
      if (!features) throw new Error(`image ${fed.image} is not kept any more`);
      return [name, features[fed.name]!];
    }),
  );

const packed = (results: Tensors): HelperTensors =>
  Object.fromEntries(Object.entries(results).map(([name, { type, data, dims }]) => [name, { type, data, dims } as HelperTensor]));

const copied = (results: Tensors): HelperTensors =>
  Object.fromEntries(Object.entries(packed(results)).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]));

const buffersOf = (tensors: HelperTensors): ArrayBuffer[] => Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer);

const timed = async (graph: HelperGraph, feeds: Tensors, times: HelperTime[]): Promise<Tensors> => {
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

const helperMethods = {
  open: async (input: { paths: HelperPaths; threads: number }) => {
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
  encode: async ({ image, feeds, forSeveral }: { image: number; feeds: HelperFeeds; forSeveral: boolean }) => {
    const times: HelperTime[] = [];
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
   * from the cursor.
   * @param feeds of all objects @param each of each object
   */
  take: async ({
    work,
    feeds,
    each,
    share: { cursor: cell, most },
  }: {
    work: Work;
    feeds: HelperFeeds;
    each: HelperFeeds[];
    share: HelperShare;
  }) => {
    const times: HelperTime[] = [];
    const done: { index: number; outputs: HelperTensors }[] = [];
    const cursor = new SharedCursor(cell);
    while (done.length < most) {
      const index = cursor.take();
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

export type HelperMethods = typeof helperMethods;

if (parentPort) {
  const port = parentPort;
  // One at a time: a run blocks the thread, and a second one begun meanwhile would count the first one's time as its
  // own.
  const queue = new SerialQueue();
  const inOrder = Object.fromEntries(
    Object.entries<(input: never) => Promise<unknown>>(helperMethods).map(([name, method]) => [
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
