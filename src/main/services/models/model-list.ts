/** The catalogue with what is installed of it, as the window and the command line show it. */
import { stat } from 'node:fs/promises';
import type { ModelEntry } from '../../../shared/models.ts';
import { checkpointAddress } from '../download/download-address.ts';
import { type CatalogModel, readCatalog } from './model-catalog.ts';
import type { ModelInstaller } from './model-installer.ts';

export const listModels = async (installer: ModelInstaller, env: NodeJS.ProcessEnv = process.env): Promise<ModelEntry[]> =>
  Promise.all((await readCatalog(installer.modelsDir)).map((model) => toEntry(installer, model, env)));

const toEntry = async (installer: ModelInstaller, model: CatalogModel, env: NodeJS.ProcessEnv): Promise<ModelEntry> => {
  const { id, name, licence, speed, quality, weights } = model;
  const shown = { id, name, licence, speed, quality, imageSizes: model.variants.map(({ imageSize }) => imageSize), task: null };
  if (weights === null) return { ...shown, state: 'bundled', weights: null, installed: null, partialBytes: 0 };
  const record = await installer.installed(model);
  const part = await stat(installer.partPath(model)).catch(() => null);
  return {
    ...shown,
    state: record ? 'installed' : part ? 'partial' : 'missing',
    weights: { ...weights, url: addressOrNull(weights, env) },
    installed: record && { ...record, path: installer.checkpointPath(model) },
    partialBytes: record ? 0 : (part?.size ?? 0),
  };
};

/** A forbidden address is said when somebody presses Get, not here. */
const addressOrNull = (weights: NonNullable<CatalogModel['weights']>, env: NodeJS.ProcessEnv): string | null => {
  try {
    return checkpointAddress(weights, env);
  } catch {
    return weights.url;
  }
};
