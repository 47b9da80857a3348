/**
 * Bundles whose weights were installed apart from their graphs. The graphs come with the app and stay read-only; a
 * checkpoint is installed into a folder of its own, and for each image size a bound bundle (checkpoint/bind.ts) is made
 * below it:
 *
 *     <installed>/<model id>/sam2.1_hiera_tiny.pt          the checkpoint, as published
 *     <installed>/<model id>/sam2.1_hiera_tiny.pt.json     what is known of it (InstalledRecord)
 *     <installed>/<model id>/512/                          a bundle: graphs with offsets, the checkpoint as a link
 *
 * so that the weights are on the disk once, however many sizes use them.
 */
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../../shared/errors.ts';
import type { Manifest } from '../../../../shared/manifest.ts';
import { replaceFile } from '../../../common/atomic-file.ts';
import type { InstallableModel } from '../../api/installable-model.ts';
import { type CheckedCheckpoint, type InstalledRecord, installedFolder, readJson, readRecord, sha256 } from '../../api/installed-model.ts';
import { readManifest } from '../bundle/bundle.ts';
import { hashBytes, hashFile } from '../bundle/file-hash.ts';
import { type BoundCheckpoint, bindCheckpoint } from '../checkpoint/bind.ts';
import { type Checkpoint, type CheckpointTensor, readCheckpoint } from '../checkpoint/checkpoint.ts';
import { matchParameters } from '../checkpoint/match-parameters.ts';
import { withFileErrors } from '../checkpoint/refusal.ts';
import { verifyEntries } from '../checkpoint/verify-entries.ts';
import { moveInto, removeAbandoned, stagedPath } from './staged-folder.ts';

/**
 * Reads a checkpoint as data and compares names, shapes and dtypes with what every bundle of the model asks for.
 * @param options.requirePublished refuse a file whose sha256 is not the published one (for downloads)
 * @throws AppError `model-mismatch`, `model-tampered`, `checkpoint-refused`, `checkpoint-unsupported`, `model-missing`
 */
export async function checkCheckpoint(
  path: string,
  model: InstallableModel,
  options: { requirePublished?: boolean; signal?: AbortSignal } = {},
): Promise<CheckedCheckpoint> {
  const { signal } = options;
  const expected = model.weights?.sha256 ?? null;
  const digest = await withFileErrors(path, () => hashFile(path, signal));
  const isPublished = digest === expected;
  if (options.requirePublished && expected !== null && !isPublished) {
    throw new AppError(
      'model-tampered',
      `The checkpoint of ${model.name} is not the published file (its sha256 differs), so it was refused and deleted. Download it again.`,
      { details: { sha256: digest, expected } },
    );
  }
  const checkpoint = await readCheckpoint(path);
  const tensors = (await Promise.all(model.variants.map((variant) => matchVariant(checkpoint, variant.dir)))).flat();
  if (!isPublished) await withFileErrors(path, () => verifyEntries(checkpoint, tensors, signal));
  return { sha256: digest, bytes: checkpoint.bytes, isPublished };
}

/**
 * The first model whose parameters a checkpoint holds: names, shapes and dtypes, without reading its data.
 * @throws AppError `model-mismatch` when it fits none; asked for a single model, what is wrong with it
 */
export async function identifyCheckpoint(path: string, models: readonly InstallableModel[]): Promise<string> {
  const checkpoint = await readCheckpoint(path);
  for (const model of models) {
    if (model.weights === null) continue;
    try {
      for (const { dir } of model.variants) await matchVariant(checkpoint, dir);
      return model.id;
    } catch (error) {
      if (models.length === 1 || !(error instanceof AppError) || error.code !== 'model-mismatch') throw error;
    }
  }
  const names = models.filter(({ weights }) => weights !== null).map(({ name }) => name);
  throw new AppError(
    'model-mismatch',
    `This checkpoint fits no model of this app (${names.join(', ') || 'none takes a checkpoint'}). Choose a checkpoint of one of these.`,
  );
}

/**
 * The bundle folder of a model at an image size, bound to the installed checkpoint where the graphs come without
 * weights. A bound bundle is made when it is missing or belongs to other graphs or weights; otherwise this only looks.
 * @throws AppError `model-missing` when the checkpoint is not installed or there is no such size, and whatever binding
 *   throws
 */
export async function bundleFor(model: InstallableModel, imageSize: number, installedDir: string, signal?: AbortSignal): Promise<string> {
  const variant = model.variants.find((one) => one.imageSize === imageSize);
  if (!variant) {
    const sizes = model.variants.map((one) => one.imageSize).join(', ');
    throw new AppError('model-missing', `${model.name} has no version for ${imageSize} px. Available: ${sizes}.`);
  }
  if (model.weights === null) return variant.dir;
  const folder = installedFolder(installedDir, model);
  const checkpointPath = join(folder, model.weights.file);
  const record = (await isFile(checkpointPath)) ? await readRecord(checkpointPath) : null;
  if (!record) {
    throw new AppError(
      'model-missing',
      `The weights of ${model.name} are not installed. Get them in the window's model list or with "sam2-video models get ${model.id}", or import ${model.weights.file} from disk.`,
      { details: { model: model.id } },
    );
  }
  const outDir = join(folder, String(imageSize));
  const manifestText = await readManifestText(variant.dir);
  const binding: Binding = { graphs: hashBytes(Buffer.from(manifestText)), weights: record.sha256 };
  if (await isBound(outDir, binding)) return outDir;

  // Made beside its place and moved there whole: another process that reads this bundle now sees the former one or the
  // new one.
  await removeAbandoned(folder);
  const staged = stagedPath(outDir);
  try {
    await bindInto(staged, { model, variant, checkpointPath, record, ...(signal && { signal }) });
    await writeFile(join(staged, bindingName), JSON.stringify(binding));
    await moveInto(outDir, staged, () => isBound(outDir, binding));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new AppError(
      'output-unwritable',
      `${outDir} can't be written (${code}). Check its permissions and that no other program uses it.`,
      { cause },
    );
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
  return outDir;
}

async function bindInto(
  outDir: string,
  from: { model: InstallableModel; variant: { dir: string }; checkpointPath: string; record: InstalledRecord; signal?: AbortSignal },
): Promise<void> {
  const { model, variant, checkpointPath, record, signal } = from;
  const manifest = await readManifest(variant.dir);
  const bound = await bindCheckpoint({
    bundleDir: variant.dir,
    manifest: { ...manifest, weights: manifest.weights && { ...manifest.weights, sha256: model.weights?.sha256 ?? null } },
    checkpointPath,
    outDir,
    modelsRoot: model.modelsRoot,
    ...(signal && { signal }),
  });
  if (bound.sha256 !== record.sha256) {
    throw new AppError(
      'model-tampered',
      `${checkpointPath} is not the file that was installed (its sha256 differs): it was damaged or replaced. Remove the model and install it again.`,
      { details: { sha256: bound.sha256, expected: record.sha256 } },
    );
  }
  if (bound.placement === 'converted') await shareConverted(bound, dirname(outDir), model.variants);
}

/** Which graphs and which checkpoint a bound bundle was made of. */
const bindingSchema = z.object({ graphs: sha256, weights: sha256 });
type Binding = z.infer<typeof bindingSchema>;
const bindingName = 'binding.json';

async function isBound(outDir: string, wanted: Binding): Promise<boolean> {
  const found = await readJson(join(outDir, bindingName), bindingSchema);
  if (found?.graphs !== wanted.graphs || found.weights !== wanted.weights) return false;
  const manifest = await readManifest(outDir).catch(() => null);
  if (!manifest?.weights?.bound) return false;
  const weights = await stat(join(outDir, manifest.weights.file)).catch(() => null);
  return weights?.size === manifest.weights.bytes;
}

/**
 * Image sizes of one model convert to the same bytes: a second one becomes a hard link to the first, where links exist.
 */
async function shareConverted(bound: BoundCheckpoint, folder: string, variants: InstallableModel['variants']): Promise<void> {
  const weights = bound.manifest.weights!;
  const own = join(bound.dir, weights.file);
  for (const { imageSize } of variants) {
    const dir = join(folder, String(imageSize));
    if (dir === bound.dir) continue;
    const other = await readManifest(dir).catch(() => null);
    if (other?.weights?.sha256 !== weights.sha256 || other.weights.file !== weights.file) continue;
    const staged = `${own}.link`;
    try {
      await rm(staged, { force: true });
      await link(join(dir, weights.file), staged);
      await replaceFile(staged, own);
      return;
    } catch {
      // A file system without links keeps both.
      await rm(staged, { force: true });
    }
  }
}

async function matchVariant(checkpoint: Checkpoint, dir: string): Promise<CheckpointTensor[]> {
  const manifest: Manifest = await readManifest(dir);
  if (manifest.weights === null)
    throw new AppError('model-mismatch', `The model "${manifest.name}" already has its weights and takes no checkpoint.`);
  return [...matchParameters(checkpoint, manifest.weights.parameters, manifest).values()];
}

async function readManifestText(dir: string): Promise<string> {
  try {
    return await readFile(join(dir, 'manifest.json'), 'utf8');
  } catch (cause) {
    throw new AppError('model-missing', `${join(dir, 'manifest.json')} is missing. Install the app again.`, { cause });
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
