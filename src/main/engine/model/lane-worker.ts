/** The thread behind second-lane.ts: sessions of its own, run one after another in the order asked. */
import { parentPort } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { type MethodMap, RpcPeer, Transferred } from '../rpc.ts';
import {
  keptImages,
  type LaneFeeds,
  type LaneGraph,
  type LanePaths,
  type LaneTensor,
  type LaneTensors,
  type LaneTime,
  tensorOf,
} from './lane-protocol.ts';
import { openSession } from './open-session.ts';
import { absoluteMs } from './run-times.ts';

let opened: { paths: LanePaths; threads: number } | null = null;
const sessions = new Map<LaneGraph, InferenceSession>();

/** Most clips have one object, for which only images are encoded here: the other graphs are opened when they are first run. */
const sessionOf = async (graph: LaneGraph): Promise<InferenceSession> => {
  let session = sessions.get(graph);
  if (!session) {
    session = await openSession(opened!.paths[graph]!, 'cpu', opened!.threads);
    sessions.set(graph, session);
  }
  return session;
};

/** Features of the last images, by number. */
const kept = new Map<number, InferenceSession.OnnxValueMapType>();

const toOrt = (feeds: LaneFeeds): InferenceSession.OnnxValueMapType =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, fed]) => {
      if ('data' in fed) return [name, tensorOf(fed)];
      const features = kept.get(fed.image);
      if (!features) throw new Error(`image ${fed.image} is not kept any more`);
      return [name, features[fed.name]!];
    }),
  );

const packed = (results: InferenceSession.OnnxValueMapType): LaneTensors =>
  Object.fromEntries(Object.entries(results).map(([name, { type, data, dims }]) => [name, { type, data, dims } as LaneTensor]));

const buffersOf = (tensors: LaneTensors): ArrayBuffer[] => Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer);

const timed = async (
  graph: LaneGraph,
  feeds: InferenceSession.OnnxValueMapType,
  times: LaneTime[],
): Promise<InferenceSession.OnnxValueMapType> => {
  const session = await sessionOf(graph);
  const startMs = absoluteMs();
  const results = await session.run(feeds);
  times.push({ graph, startMs, endMs: absoluteMs() });
  return results;
};

const laneMethods = {
  open: async (input: { paths: LanePaths; threads: number }) => {
    opened = input;
    await sessionOf('imageEncoder');
    return {};
  },

  run: async ({ graph, feeds }: { graph: LaneGraph; feeds: LaneFeeds }) => {
    const times: LaneTime[] = [];
    const outputs = packed(await timed(graph, toOrt(feeds), times));
    return new Transferred({ outputs, times }, buffersOf(outputs));
  },

  /**
   * An image.
   * @param image its number, one more than that of the image before
   * @param forSeveral objects or paths: what attention begins with is made as well, and features are kept for the runs to come
   */
  encode: async ({ image, feeds, forSeveral }: { image: number; feeds: LaneFeeds; forSeveral: boolean }) => {
    const times: LaneTime[] = [];
    kept.delete(image - keptImages);
    const features = await timed('imageEncoder', toOrt(feeds), times);
    const outputs = packed(features);
    if (forSeveral) {
      kept.set(image, features);
      for (const tensor of Object.values(outputs)) tensor.data = tensor.data.slice();
    }
    const forAttention = forSeveral ? packed(await timed('imageAttention', { top: features.top! }, times)) : null;
    return new Transferred({ outputs, forAttention, times }, [...buffersOf(outputs), ...buffersOf(forAttention ?? {})]);
  },

  /**
   * A graph is run for several objects, by whichever thread is free: the next one is nobody's until its number is taken from `taken`.
   * @param feeds of all objects @param each of each object
   */
  take: async ({ graph, feeds, each, taken }: { graph: LaneGraph; feeds: LaneFeeds; each: LaneFeeds[]; taken: Int32Array }) => {
    const times: LaneTime[] = [];
    const done: { index: number; outputs: LaneTensors }[] = [];
    for (let index = Atomics.add(taken, 0, 1); index < each.length; index = Atomics.add(taken, 0, 1)) {
      done.push({ index, outputs: packed(await timed(graph, toOrt({ ...feeds, ...each[index] }), times)) });
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
  // One at a time: a run blocks the thread, and a second one begun meanwhile would count the first one's time as its own.
  let queue: Promise<unknown> = Promise.resolve();
  const inOrder = Object.fromEntries(
    Object.entries<(input: never) => Promise<unknown>>(laneMethods).map(([name, method]) => [
      name,
      (input: never) => {
        const next = queue.then(() => method(input));
        queue = next.catch(() => {});
        return next;
      },
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
