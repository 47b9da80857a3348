/** Which model bundles are installed. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';

export const defaultModel = 'nano';

const hasManifest = (dir: string): Promise<boolean> =>
  stat(join(dir, 'manifest.json')).then(
    (info) => info.isFile(),
    () => false,
  );

/** Bundle folders by id (the folder's name). */
export const installedModels = async (modelsDir: string): Promise<Map<string, string>> => {
  const found = new Map<string, string>();
  for (const name of await readdir(modelsDir).catch(() => [])) {
    for (const dir of [join(modelsDir, name), join(modelsDir, name, 'bundle')]) {
      if (await hasManifest(dir)) found.set(name, dir);
    }
  }
  return found;
};

/**
 * The bundle folder of a model given by id or by path.
 * @throws AppError `model-missing`
 */
export const resolveModel = async (modelsDir: string, idOrPath: string): Promise<string> => {
  const models = await installedModels(modelsDir);
  const byId = models.get(idOrPath);
  if (byId) return byId;
  if (await hasManifest(resolve(idOrPath))) return resolve(idOrPath);
  throw new AppError(
    'model-missing',
    `There is no model "${idOrPath}". Installed: ${[...models.keys()].join(', ') || 'none'}; or give a bundle's folder.`,
  );
};
