/**
 * The models that come with the app: bundles with weights, and graphs whose checkpoint the user installs
 * (services/models).
 */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Manifest } from '../../../shared/manifest.ts';
import { parseModelSpec } from '../../../shared/models.ts';
import type { InstallableModel } from '../../engine/api/installable-model.ts';
import { bundleFor, readManifest } from '../../engine/api/models.ts';
import { installedModelsDir } from '../base/app-paths.ts';
import { publishedSha256 } from './published-checkpoints.ts';

export const defaultModel = 'nano';

export interface CatalogModel extends InstallableModel {
  licence: string;
  /** J&F in 0..1; null where nobody has measured it. */
  quality: { score: number; basis: string } | null;
  /** How fast it is, in words. */
  speed: string;
  weights: { file: string; url: string | null; bytes: number | null; sha256: string | null } | null;
}

const speeds: Readonly<Record<string, string>> = {
  nano: 'The fastest. Made for this app; runs on any machine.',
  'sam2.1-tiny': 'The fastest SAM 2.1. Usable on a CPU at 512 px.',
  'sam2.1-small': 'A little slower than tiny and more exact.',
  'sam2.1-base-plus': 'Slower than small and more exact. Best with a graphics card.',
  'sam2.1-large': 'The most exact and the slowest. Needs a graphics card.',
};

const byMeta = 'on the SA-V test set at 1024 px, as published by Meta';
/** The embedded model's is that of models/nano/MODEL_CARD.md; Meta's are in the README of facebookresearch/sam2. */
const qualities: Readonly<Record<string, CatalogModel['quality']>> = {
  nano: { score: 0.69, basis: 'on five DAVIS sequences from a mask, an easier set, as measured with this app' },
  'sam2.1-tiny': { score: 0.765, basis: byMeta },
  'sam2.1-small': { score: 0.766, basis: byMeta },
  'sam2.1-base-plus': { score: 0.782, basis: byMeta },
  'sam2.1-large': { score: 0.795, basis: byMeta },
};

const hasManifest = (dir: string): Promise<boolean> =>
  stat(join(dir, 'manifest.json')).then(
    (info) => info.isFile(),
    () => false,
  );

/** Bundle folders of a model: models/<id>, models/<id>/bundle, or one for each image size below models/<id>. */
const bundleFolders = async (modelsDir: string, id: string): Promise<string[]> => {
  const own = join(modelsDir, id);
  const below = (await readdir(own).catch(() => [])).filter((name) => name === 'bundle' || /^\d+$/.test(name));
  const found: string[] = [];
  for (const dir of [own, ...below.map((name) => join(own, name))]) if (await hasManifest(dir)) found.push(dir);
  return found;
};

const toCatalogModel = (modelsDir: string, id: string, bundles: readonly { dir: string; manifest: Manifest }[]): CatalogModel => {
  const variants = bundles.map(({ dir, manifest }) => ({ imageSize: manifest.imageSize, dir })).sort((a, b) => a.imageSize - b.imageSize);
  const { name, licence, weights } = bundles[0]!.manifest;
  return {
    id,
    name: name.replace(/, \d+ px$/, ''),
    licence,
    speed: speeds[id] ?? '',
    quality: qualities[id] ?? null,
    modelsRoot: modelsDir,
    variants,
    weights: weights && {
      file: weights.file,
      url: weights.url || null,
      bytes: weights.bytes || null,
      sha256: weights.sha256 ?? publishedSha256(weights.file),
    },
  };
};

/**
 * One model of the catalogue, null where there is none of this id.
 * @throws AppError `model-corrupt` for a broken manifest
 */
export const readModel = async (modelsDir: string, id: string): Promise<CatalogModel | null> => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id)) return null;
  const dirs = await bundleFolders(modelsDir, id);
  if (dirs.length === 0) return null;
  const bundles = await Promise.all(dirs.map(async (dir) => ({ dir, manifest: await readManifest(dir) })));
  return toCatalogModel(modelsDir, id, bundles);
};

/** All models whose manifests can be read: bundled ones first, then by the size of their weights. */
export const readCatalog = async (modelsDir: string): Promise<CatalogModel[]> => {
  const names = await readdir(modelsDir).catch(() => []);
  const models = await Promise.all(names.map((name) => readModel(modelsDir, name).catch(() => null)));
  const weightBytes = (model: CatalogModel): number => (model.weights === null ? -1 : (model.weights.bytes ?? 0));
  return models.filter((model) => model !== null).sort((a, b) => weightBytes(a) - weightBytes(b) || a.id.localeCompare(b.id));
};

/** A model somebody named: one of the catalogue at an image size, or a bundle's folder. */
export type FoundModel = { model: CatalogModel; imageSize: number } | { dir: string };

/**
 * Finds a model by "<id>", "<id>@<image size>" or the path of a bundle. Without a size the smallest is meant: it is the
 * one a CPU can bear.
 * @throws AppError `model-missing`
 */
export const findModel = async (modelsDir: string, idOrPath: string): Promise<FoundModel> => {
  const { id, imageSize } = parseModelSpec(idOrPath);
  const model = await readModel(modelsDir, id);
  if (model) return { model, imageSize: imageSize ?? model.variants[0]!.imageSize };
  if (await hasManifest(resolve(idOrPath))) return { dir: resolve(idOrPath) };
  const known = (await readCatalog(modelsDir)).map((one) => one.id);
  throw new AppError(
    'model-missing',
    `There is no model "${idOrPath}". Known: ${known.join(', ') || 'none'}, each with @<image size> if it has several; or give a bundle's folder.`,
  );
};

/**
 * The bundle folder of a model given by id or by path, bound to its checkpoint if it needs one.
 * @throws AppError `model-missing`
 */
export const resolveModel = async (modelsDir: string, idOrPath: string, installedDir = installedModelsDir()): Promise<string> => {
  const found = await findModel(modelsDir, idOrPath);
  return 'dir' in found ? found.dir : bundleFor(found.model, found.imageSize, installedDir);
};
