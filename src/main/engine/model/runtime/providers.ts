/**
 * Which ONNX Runtime execution provider runs a model. They are tried one by one, best first: a provider whose libraries
 * are missing throws instead of stepping aside.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { type InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import type { Precision, Provider, ProviderReport } from '../../api/providers.ts';
import { findGpus } from './find-gpus.ts';

export interface ProviderChoice {
  /** Best first; "cpu" is always last. */
  order: Provider[];
  threads: number;
  /** Of the CPU; other providers always compute in full. */
  precision: Precision;
}

/** CoreML and DirectML are the system's own; WebGPU comes after them, since ONNX Runtime calls it experimental. */
const preference: readonly Provider[] = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'];

/**
 * CUDA comes as separate libraries that the installation may have left out; asking for it without them only prints
 * errors.
 */
const hasCudaLibraries = (): boolean => {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  return existsSync(join(dirname(entry), `../bin/napi-v6/linux/${process.arch}/libonnxruntime_providers_cuda.so`));
};

/**
 * On Linux without a render node WebGPU would only look for half a second and fail, or draw by software, slower than
 * the CPU provider.
 */
const hasGraphicsDevice = (): boolean => {
  if (process.platform !== 'linux') return true;
  try {
    return readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
  } catch {
    return false;
  }
};

/** What this installation and machine offer; replaced in tests. */
export interface ProviderProbe {
  backends: readonly { name: string; bundled: boolean }[];
  hasCudaLibraries: () => boolean;
  hasGraphicsDevice: () => boolean;
}

const thisMachine = (): ProviderProbe => ({ backends: listSupportedBackends(), hasCudaLibraries, hasGraphicsDevice });

const isUsable = (provider: Provider, probe: ProviderProbe): boolean => {
  if (provider === 'cpu') return true;
  const backend = probe.backends.find(({ name }) => name === provider);
  if (backend === undefined) return false;
  if (provider === 'cuda') return backend.bundled || probe.hasCudaLibraries();
  return backend.bundled && (provider !== 'webgpu' || probe.hasGraphicsDevice());
};

/**
 * Providers worth trying, best first, the CPU last. A forced one is tried first whatever the machine says, so that its
 * own error tells why it can't be used.
 * @param precision full for whoever does not ask for less, so that results can be compared bit by bit
 */
export const chooseProviders = (
  forced: Provider | 'auto' = 'auto',
  threads?: number,
  precision: Precision = 'full',
  probe: ProviderProbe = thisMachine(),
): ProviderChoice => {
  const wanted: readonly Provider[] = forced === 'auto' ? preference.filter((provider) => isUsable(provider, probe)) : [forced, 'cpu'];
  return { order: [...new Set(wanted)], threads: threads ?? Math.min(8, availableParallelism()), precision };
};

/** What keeps a provider from being tried on this machine; null when nothing does. */
const obstacleOf = (name: Provider, probe: ProviderProbe): string | null => {
  if (isUsable(name, probe)) return null;
  if (!probe.backends.some((backend) => backend.name === name)) return 'ONNX Runtime has none for this system';
  if (name === 'cuda') return 'its libraries are not installed';
  return name === 'webgpu' ? 'there is no graphics device' : 'it is not in this installation';
};

/** @param gpus the machine's cards */
export const inspectProviders = (gpus: ProviderReport['gpus'] = findGpus(), probe: ProviderProbe = thisMachine()): ProviderReport => ({
  providers: preference.map((name) => ({ name, why: obstacleOf(name, probe) })),
  gpus,
  hasCudaLibraries: probe.hasCudaLibraries(),
});

export const sessionOptions = (provider: Provider, threads: number): InferenceSession.SessionOptions => ({
  executionProviders: [provider],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
  // Each session has threads of its own. Spinning after a run they would take the cores from the next session's run: on
  // two cores a frame's four graphs take 163 ms one after another with it and 63 ms without (npm run bench shows it).
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
});
