/**
 * Opens a model bundle (models/README.md): reads manifest.json, keeps every path inside the models folder, and checks
 * size and sha256 of every file before ONNX Runtime sees it, since flipped bits in weights load silently there. Nothing
 * is written. Errors are 'model-missing', 'model-corrupt' (unreadable, wrong size) and 'model-tampered' (wrong hash).
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../../../shared/errors.ts';
import { type GraphFile, type GraphName, graphNames, type Manifest, manifestSchema } from '../../../../shared/manifest.ts';
import { hashFile } from './file-hash.ts';

/** A bundle whose files are all as its manifest says. */
export interface Bundle {
  readonly dir: string;
  readonly manifest: Manifest;
  /** Absolute path of a graph; throws 'model-mismatch' for a graph this bundle does not have. */
  graphFile(name: GraphName): string;
  /** Absolute path of the weights that the graphs point into; null where the graphs hold them or none are bound. */
  readonly weightsFile: string | null;
  /**
   * The graphs are weight-less and no checkpoint is bound to them yet (bindCheckpoint): ONNX Runtime must not see them.
   */
  readonly needsWeights: boolean;
}

export interface OpenBundleOptions {
  /** The folder that no file of the bundle may leave; the bundle's parent by default. */
  modelsRoot?: string;
  signal?: AbortSignal;
  /** Bytes that were checked, of all that have to be. */
  onProgress?: (done: number, total: number) => void;
}

const mostManifestBytes = 8 << 20;
const reinstall = 'Remove the model and install it again.';

/** Reads and validates a manifest.json; the bundle's other files are not looked at. */
export const readManifest = (dir: string): Promise<Manifest> => readManifestAs(dir, manifestSchema);

/** As {@link readManifest}, for a manifest of another kind. */
export async function readManifestAs<T>(dir: string, schema: z.ZodType<T>): Promise<T> {
  const path = join(dir, 'manifest.json');
  const json = parseJson(await readSmallFile(path), path);
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'manifest'}: ${issue.message}`);
  throw new AppError('model-corrupt', `The model's manifest.json is not valid (${problems.join('; ')}). ${reinstall}`, {
    cause: result.error,
    details: { path, problems },
  });
}

/** Opens and fully checks a bundle. */
export async function openBundle(dir: string, options: OpenBundleOptions = {}): Promise<Bundle> {
  const { signal, onProgress } = options;
  const bundleDir = resolve(dir);
  const manifest = await readManifest(bundleDir);
  const total = checkedBytes(manifest);
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    onProgress?.(done, total);
  };
  const graphs = await checkGraphs(bundleDir, manifest, options, onBytes);
  const weightsFile = await findWeights(bundleDir, manifest, signal, onBytes);
  return {
    dir: bundleDir,
    manifest,
    weightsFile,
    needsWeights: manifest.weights !== null && weightsFile === null,
    graphFile(name) {
      const path = graphs.get(name);
      if (path !== undefined) return path;
      throw new AppError('model-mismatch', `The model "${manifest.name}" has no graph "${name}". Choose another model for this.`);
    },
  };
}

/** Bytes that opening a bundle reads. */
const checkedBytes = ({ graphs, weights }: Manifest): number => {
  const ofGraphs = graphNames.reduce((sum, name) => sum + (graphs[name]?.bytes ?? 0), 0);
  return ofGraphs + (weights?.bound && weights.sha256 !== null ? weights.bytes : 0);
};

/** Checks the graphs of a bundle against its manifest and gives their absolute paths. */
export async function checkGraphs(
  dir: string,
  manifest: Manifest,
  options: OpenBundleOptions = {},
  onBytes?: (bytes: number) => void,
): Promise<Map<GraphName, string>> {
  const bundleDir = resolve(dir);
  const modelsRoot = resolve(options.modelsRoot ?? dirname(bundleDir));
  const graphs = new Map<GraphName, string>();
  for (const name of graphNames) {
    const expected = manifest.graphs[name];
    if (expected === undefined) continue;
    graphs.set(name, await checkGraph(bundleDir, expected, modelsRoot, options.signal, onBytes));
  }
  return graphs;
}

/**
 * Checks one graph and gives its absolute path.
 * @throws AppError `model-missing`, `model-corrupt`, `model-tampered`, `cancelled`
 */
export async function checkGraph(
  bundleDir: string,
  { file, bytes, sha256 }: GraphFile,
  modelsRoot: string,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<string> {
  const path = await containedPath(join(bundleDir, file), modelsRoot);
  await checkFile(path, bytes, sha256, signal, onBytes);
  return path;
}

/** Checks size and sha256 of one file of a model. `sha256` null = nothing is published, only the size is checked. */
export async function checkFile(
  path: string,
  bytes: number,
  sha256: string | null,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<void> {
  const info = await statFile(path);
  if (info.size !== bytes) {
    const message = `${path} has ${info.size} bytes where its manifest says ${bytes}: it is incomplete or a different version. ${reinstall}`;
    throw new AppError('model-corrupt', message, { details: { path, bytes: info.size, expected: bytes } });
  }
  if (sha256 === null) return;
  const digest = await readable(path, () => hashFile(path, signal, onBytes));
  if (digest !== sha256) {
    const message = `${path} is not the file its manifest describes (sha256 differs): it was damaged or changed. ${reinstall}`;
    throw new AppError('model-tampered', message, { details: { path, sha256: digest, expected: sha256 } });
  }
}

/** The weights of a bound bundle; a checkpoint that merely lies beside unbound graphs is none. */
async function findWeights(
  bundleDir: string,
  { weights }: Manifest,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<string | null> {
  if (weights?.bound !== true) return null;
  const path = join(bundleDir, weights.file);
  await checkFile(path, weights.bytes, weights.sha256, signal, onBytes);
  return path;
}

/** The path, if neither ".." nor a symbolic link takes it out of the models folder. */
async function containedPath(path: string, modelsRoot: string): Promise<string> {
  const realRoot = await readable(modelsRoot, () => realpath(modelsRoot));
  const realFile = isInside(path, modelsRoot) ? await readable(path, () => realpath(path)) : null;
  if (realFile !== null && isInside(realFile, realRoot)) return path;
  throw new AppError('model-corrupt', `${path} is outside the models folder, so it is not used. ${reinstall}`, {
    details: { path, modelsRoot },
  });
}

function isInside(path: string, folder: string): boolean {
  const step = relative(folder, path);
  return step !== '' && step !== '..' && !step.startsWith(`..${sep}`) && !isAbsolute(step);
}

async function statFile(path: string): Promise<{ size: number }> {
  const info = await readable(path, () => stat(path));
  if (info.isFile()) return info;
  throw new AppError('model-corrupt', `${path} is not a file. ${reinstall}`, { details: { path } });
}

async function readSmallFile(path: string): Promise<string> {
  const { size } = await statFile(path);
  if (size > mostManifestBytes) {
    throw new AppError('model-corrupt', `${path} is too large to be a manifest (${size} bytes). ${reinstall}`, { details: { path, size } });
  }
  return readable(path, () => readFile(path, 'utf8'));
}

function parseJson(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new AppError('model-corrupt', `${path} is not JSON. ${reinstall}`, { cause, details: { path } });
  }
}

/** Runs a file operation; what the file system refuses becomes a typed error that says which file and what to do. */
async function readable<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if ((cause as Error).name === 'AbortError') throw new AppError('cancelled', 'Checking the model was cancelled.', { cause });
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new AppError('model-missing', `${path} is missing. Install the model again.`, { cause, details: { path } });
    }
    throw new AppError('model-corrupt', `${path} can't be read (${code ?? String(cause)}). Check its permissions and the disk.`, {
      cause,
      details: { path },
    });
  }
}
