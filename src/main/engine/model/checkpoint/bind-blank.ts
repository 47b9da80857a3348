/**
 * Makes a bundle of weight-less graphs usable without a checkpoint: all its weights are 0. Its masks mean nothing, but
 * a dense graph takes the same time whatever its weights are, so a model's speed can be measured before its download.
 */
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import { type Manifest, manifestSchema } from '../../../../shared/manifest.ts';
import { checkGraphs } from '../bundle/bundle.ts';
import { hashBytes, hashFile } from '../bundle/file-hash.ts';
import { type ExternalLocation, rebindExternalData } from './onnx-external.ts';
import { brokenGraph } from './wire.ts';

export interface BlankBinding {
  /** The weight-less bundle and its manifest (readManifest). */
  bundleDir: string;
  manifest: Manifest;
  /** An empty or missing folder; the caller removes it. */
  outDir: string;
  /** The folder that no graph of the bundle may leave. */
  modelsRoot: string;
  signal?: AbortSignal;
}

const weightsName = 'weights.bin';
const floatBytes = 4;
/** A cache line; ONNX Runtime's kernels rely on less. */
const alignment = 64;

/** @throws AppError `model-mismatch` for a bundle that has its weights, `model-corrupt` for a broken graph */
export const bindBlank = async ({ bundleDir, manifest, outDir, modelsRoot, signal }: BlankBinding): Promise<void> => {
  const { weights } = manifest;
  if (weights === null)
    throw new AppError('model-mismatch', `The model "${manifest.name}" already has its weights and takes no checkpoint.`);
  const sources = await checkGraphs(bundleDir, manifest, { modelsRoot, ...(signal && { signal }) });
  await mkdir(outDir, { recursive: true });

  const places = new Map<string, ExternalLocation>();
  let bytes = 0;
  for (const [name, { shape }] of Object.entries(weights.parameters)) {
    const length = shape.reduce((product, size) => product * size, floatBytes);
    places.set(name, { location: weightsName, offset: bytes, length });
    bytes += Math.ceil(length / alignment) * alignment;
  }
  // A hole: it takes no room on the disk where the file system knows them.
  await writeFile(join(outDir, weightsName), '', { flag: 'wx' });
  await truncate(join(outDir, weightsName), bytes);

  const graphs: Manifest['graphs'] = { ...manifest.graphs };
  for (const [name, path] of sources) {
    const model = rebindExternalData(await readFile(path), (initializer) => {
      if (initializer.external === null) return null;
      const place = places.get(initializer.name);
      if (place === undefined) throw brokenGraph(`its manifest does not know the weight "${initializer.name}"`);
      return place;
    });
    await writeFile(join(outDir, basename(path)), model, { flag: 'wx' });
    graphs[name] = { file: basename(path), bytes: model.length, sha256: hashBytes(model) };
  }
  const sha256 = await hashFile(join(outDir, weightsName), signal);
  const bound: Manifest = { ...manifest, graphs, weights: { ...weights, bound: true, file: weightsName, bytes, sha256 } };
  await writeFile(join(outDir, 'manifest.json'), JSON.stringify(manifestSchema.parse(bound)), { flag: 'wx' });
};
