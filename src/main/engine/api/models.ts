/**
 * What the engine does with models in the process of its caller: the command line reads, binds and quantizes them
 * without starting an engine. Nothing of it is loaded before it is called.
 */
import type { Manifest } from '../../../shared/manifest.ts';
import type { InstallableModel } from './installable-model.ts';
import type { CheckedCheckpoint } from './installed-model.ts';
import type { LossProbe, MeasuredLoss, QuantizeRun } from './measured-loss.ts';

/** @throws AppError `model-missing`, `model-corrupt` */
export const readManifest = async (dir: string): Promise<Manifest> => (await import('../model/bundle/bundle.ts')).readManifest(dir);

/**
 * Compares every file of a bundle with its manifest.
 * @throws AppError `model-missing`, `model-corrupt`, `model-tampered`
 */
export const verifyBundle = async (dir: string): Promise<void> => {
  const { openBundle } = await import('../model/bundle/bundle.ts');
  await openBundle(dir);
};

/** See model/installed/installed-bundle.ts. */
export const checkCheckpoint = async (
  path: string,
  model: InstallableModel,
  options: { requirePublished?: boolean; signal?: AbortSignal } = {},
): Promise<CheckedCheckpoint> => (await import('../model/installed/installed-bundle.ts')).checkCheckpoint(path, model, options);

/** See model/installed/installed-bundle.ts. @returns the model's id */
export const identifyCheckpoint = async (path: string, models: readonly InstallableModel[]): Promise<string> =>
  (await import('../model/installed/installed-bundle.ts')).identifyCheckpoint(path, models);

/** See model/installed/installed-bundle.ts. @returns the bundle's folder */
export const bundleFor = async (model: InstallableModel, imageSize: number, installedDir: string, signal?: AbortSignal): Promise<string> =>
  (await import('../model/installed/installed-bundle.ts')).bundleFor(model, imageSize, installedDir, signal);

/** See model/checkpoint/bind-blank.ts: a bundle with weights of 0 in `outDir`, for measuring its speed. */
export const bindBlank = async (bundleDir: string, outDir: string, modelsRoot: string, signal?: AbortSignal): Promise<void> =>
  (await import('../model/checkpoint/bind-blank.ts')).bindBlank({
    ...{ bundleDir, manifest: await readManifest(bundleDir), outDir, modelsRoot },
    ...(signal && { signal }),
  });

/** See model/quantize/quantize-bundle.ts. @param bits of the weights */
export const quantizeBundle = async (dir: string, outDir: string, bits: 7 | 8, run: QuantizeRun): Promise<Manifest> =>
  (await import('../model/quantize/quantize-bundle.ts')).quantizeBundle(dir, outDir, bits, run);

/** See pipeline/measure-loss.ts. */
export const measureLoss = async (original: string, other: string, probe: LossProbe, run: QuantizeRun): Promise<MeasuredLoss> =>
  (await import('../pipeline/measure-loss.ts')).measureLoss(original, other, probe, run);
