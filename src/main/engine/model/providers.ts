/**
 * Which ONNX Runtime execution provider runs a model. They are tried one by one, best first: a provider whose libraries are
 * missing throws instead of stepping aside.
 */
import { availableParallelism } from 'node:os';
import { type InferenceSession, listSupportedBackends } from 'onnxruntime-node';

export const providerNames = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;
export type Provider = (typeof providerNames)[number];

export interface ProviderChoice {
  /** Best first; "cpu" is always last. */
  order: Provider[];
  threads: number;
}

const preference: readonly Provider[] = ['cuda', 'dml', 'coreml', 'cpu'];

/** Providers this build of ONNX Runtime knows on this platform, best first. A forced one is tried alone, then the CPU. */
export const chooseProviders = (forced: Provider | 'auto' = 'auto', threads?: number): ProviderChoice => {
  const known = new Set(listSupportedBackends().map((backend) => backend.name));
  const order =
    forced === 'auto'
      ? preference.filter((p) => p === 'cpu' || known.has(p))
      : forced === 'cpu'
        ? (['cpu'] as Provider[])
        : [forced, 'cpu' as const];
  return { order: [...order], threads: threads ?? Math.min(8, availableParallelism()) };
};

export const sessionOptions = (provider: Provider, threads: number): InferenceSession.SessionOptions => ({
  executionProviders: [provider],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
});
