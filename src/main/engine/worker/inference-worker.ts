/**
 * Entry of the inference worker: ONNX Runtime has a thread of its own, because `run` blocks it. The thread is never
 * ended while a run is under way (that would abort the process): the engine process itself is what gets killed.
 */
import { availableParallelism } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { Manifest } from '../../../shared/manifest.ts';
import { type MethodMap, RpcPeer } from '../../common/rpc.ts';
import { constantsOf, type GraphPaths, OnnxGraphs } from '../model/graphs/onnx-graphs.ts';
import type { ProviderChoice } from '../model/runtime/providers.ts';
import { HelperThread } from '../model/scheduler/helper-thread.ts';
import { inferenceMethods, type LoadedModel } from './inference-methods.ts';

/** Its modules are loaded while the model's files are checked; the first model that is loaded takes it or ends it. */
let idleHelper: HelperThread | null = parentPort && availableParallelism() > 1 ? new HelperThread() : null;

const loadModel = async (input: { manifest: Manifest; paths: GraphPaths; choice: ProviderChoice }): Promise<LoadedModel> => {
  const helper = idleHelper;
  idleHelper = null;
  const constants = constantsOf(input.manifest);
  const graphs = await OnnxGraphs.load(input.paths, constants, input.choice, { usesHelper: true, idleHelper: helper });
  const { provider, providerReason } = graphs;
  return {
    ...{ graphs, constants, provider, providerReason, discovery: input.manifest.discovery },
    takeTimings: () => graphs.takeTimings(),
    release: () => graphs.release(),
  };
};

const methods = inferenceMethods(loadModel);

export type WorkerMethods = typeof methods;

if (parentPort) {
  const port = parentPort;
  new RpcPeer<MethodMap>(
    {
      post: (message, transfer = []) => port.postMessage(message, transfer),
      onMessage: (listener) => port.on('message', listener),
    },
    methods,
  );
}
