/** The thread behind second-lane.ts: sessions of its own, run one after another in the order asked. */
import { parentPort } from 'node:worker_threads';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { type MethodMap, RpcPeer, Transferred } from '../rpc.ts';
import { openSession } from './open-session.ts';

export type LaneGraph = 'imageEncoder' | 'memoryAttention' | 'memoryEncoder';

/** A tensor as it crosses threads. */
export interface LaneTensor {
  type: 'float32' | 'int64' | 'uint8';
  data: Float32Array | BigInt64Array | Uint8Array;
  dims: readonly number[];
}

let opened: { paths: Record<LaneGraph, string>; threads: number } | null = null;
const sessions = new Map<LaneGraph, InferenceSession>();

/** Most clips have one object, for which only images are encoded here: the other graphs are opened when they are first run. */
const sessionOf = async (graph: LaneGraph): Promise<InferenceSession> => {
  let session = sessions.get(graph);
  if (!session) {
    session = await openSession(opened!.paths[graph], 'cpu', opened!.threads);
    sessions.set(graph, session);
  }
  return session;
};

const absoluteMs = (): number => performance.timeOrigin + performance.now();

const laneMethods = {
  open: async (input: { paths: Record<LaneGraph, string>; threads: number }) => {
    opened = input;
    await sessionOf('imageEncoder');
    return {};
  },

  run: async ({ graph, feeds }: { graph: LaneGraph; feeds: Record<string, LaneTensor> }) => {
    const tensors = Object.fromEntries(Object.entries(feeds).map(([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)]));
    const session = await sessionOf(graph);
    const startMs = absoluteMs();
    const results = await session.run(tensors);
    const endMs = absoluteMs();
    const outputs: Record<string, LaneTensor> = {};
    for (const [name, { type, data, dims }] of Object.entries(results)) outputs[name] = { type, data, dims } as LaneTensor;
    const buffers = Object.values(outputs).map(({ data }) => data.buffer as ArrayBuffer);
    return new Transferred({ outputs, startMs, endMs }, buffers);
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
