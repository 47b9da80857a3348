/**
 * Which ONNX Runtime execution provider runs a model. They are tried one by one, best first: a provider whose libraries are
 * missing throws instead of stepping aside.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { type InferenceSession, listSupportedBackends } from 'onnxruntime-node';

export const providerNames = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;
export type Provider = (typeof providerNames)[number];

export interface ProviderChoice {
  /** Best first; "cpu" is always last. */
  order: Provider[];
  threads: number;
}

const preference: readonly Provider[] = ['cuda', 'dml', 'coreml', 'cpu'];

/** CUDA comes as separate libraries that the installation may have left out; asking for it without them only prints errors. */
const hasCudaLibraries = (): boolean => {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  return existsSync(join(dirname(entry), `../bin/napi-v6/linux/${process.arch}/libonnxruntime_providers_cuda.so`));
};

const isInstalled = (provider: Provider): boolean => {
  if (provider === 'cpu') return true;
  const backend = listSupportedBackends().find(({ name }) => name === provider);
  return backend !== undefined && (backend.bundled || (provider === 'cuda' && hasCudaLibraries()));
};

/** Providers this installation has, best first. A forced one is tried alone, then the CPU. */
export const chooseProviders = (forced: Provider | 'auto' = 'auto', threads?: number): ProviderChoice => {
  const wanted: readonly Provider[] = forced === 'auto' ? preference.filter(isInstalled) : [forced, 'cpu'];
  return { order: [...new Set(wanted)], threads: threads ?? Math.min(8, availableParallelism()) };
};

export const sessionOptions = (provider: Provider, threads: number): InferenceSession.SessionOptions => ({
  executionProviders: [provider],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
  // Each session has threads of its own. Spinning after a run they would take the cores from the next session's run: on two
  // cores a frame's four graphs take 163 ms one after another with it and 63 ms without (npm run bench shows it).
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
});
