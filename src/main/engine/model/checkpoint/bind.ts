/**
 * Joins a weight-less bundle and a checkpoint: checks that they fit, and writes the bundle again into a folder of its
 * own, with graphs whose external data point straight into the checkpoint, which lies beside them. The result is a
 * bundle like any other: its manifest holds the hashes of what was written, so openBundle notices every later change.
 * Nothing of the input is changed.
 */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import { type GraphFile, type GraphName, type Manifest, manifestSchema, type Weights } from '../../../../shared/manifest.ts';
import { checkGraphs } from '../bundle/bundle.ts';
import { hashBytes, hashFile } from '../bundle/file-hash.ts';
import { type Checkpoint, type CheckpointTensor, readCheckpoint } from './checkpoint.ts';
import { convertedBytes, convertWeights } from './convert-weights.ts';
import { isSameShape, matchParameters } from './match-parameters.ts';
import { type ExternalLocation, type OnnxInitializer, onnxFloat, rebindExternalData } from './onnx-external.ts';
import { needSpace, type Placement, placeWeights } from './place-weights.ts';
import { withFileErrors } from './refusal.ts';
import { StagedFiles } from './staged-files.ts';
import { verifyEntries } from './verify-entries.ts';
import { brokenGraph } from './wire.ts';

export interface BindOptions {
  /** The weight-less bundle and its manifest (readManifest). */
  bundleDir: string;
  manifest: Manifest;
  checkpointPath: string;
  /** The folder of the new bundle; a checkpoint that lies in it already is used in place. */
  outDir: string;
  /** The folder that no graph of the bundle may leave; the parent of bundleDir by default. */
  modelsRoot?: string;
  /** Refuse a checkpoint whose sha256 is not the published one (for downloads, not for people's own weights). */
  requirePublished?: boolean;
  /**
   * Copy the checkpoint where it can't be cloned, instead of linking to it: for files that other programs may rewrite
   * while a model runs from them. Not for downloads, which lie in outDir or are nobody else's.
   */
  ownCopy?: boolean;
  signal?: AbortSignal;
}

export interface BoundCheckpoint {
  readonly dir: string;
  /** The manifest of the new bundle. */
  readonly manifest: Manifest;
  readonly placement: Placement;
  /** sha256 of the checkpoint as it was given, and whether it is the published one. */
  readonly sha256: string;
  readonly isPublished: boolean;
}

interface PlacedWeights {
  readonly placement: Placement;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  locate(tensor: CheckpointTensor): { offset: number; length: number };
}

interface StagedGraphs {
  readonly graphs: Manifest['graphs'];
  readonly names: ReadonlySet<string>;
}

const convertedName = 'weights.bin';
const manifestName = 'manifest.json';
const mostGraphBytes = 64 << 20;

/** Binds a checkpoint to a bundle. Either the whole new bundle appears in outDir or what was there before stays. */
export async function bindCheckpoint(options: BindOptions): Promise<BoundCheckpoint> {
  const { manifest, checkpointPath, signal } = options;
  const outDir = resolve(options.outDir);
  const weights = needWeights(manifest);
  if (outDir === resolve(options.bundleDir))
    throw new AppError('bad-request', 'A model is bound into a folder of its own, not into its source.');

  const graphs = await checkGraphs(options.bundleDir, manifest, options);
  const checkpoint = await readCheckpoint(checkpointPath);
  const matched = matchParameters(checkpoint, weights.parameters, manifest);
  const sha256 = await withFileErrors(checkpointPath, () => hashFile(checkpointPath, signal));
  const isPublished = sha256 === weights.sha256;
  if (options.requirePublished && weights.sha256 !== null && !isPublished) throw notPublished(checkpointPath, sha256, weights.sha256);
  if (!isPublished) await withFileErrors(checkpointPath, () => verifyEntries(checkpoint, matched.values(), signal));

  return withFileErrors(
    outDir,
    async () => {
      const staged = await StagedFiles.in(outDir);
      try {
        const placed = await stageWeights({ checkpoint, sha256 }, matched, staged, { ...options, name: weights.file });
        const written = await stageGraphs({ manifest, graphs, matched, placed }, staged);
        if (written.names.has(placed.file)) throw brokenGraph('a graph has the name of the weights');
        const { file, bytes } = placed;
        const bound = {
          ...manifest,
          graphs: written.graphs,
          weights: { ...weights, bound: true as const, file, bytes, sha256: placed.sha256 },
        };
        await writeFile(staged.pathFor(manifestName), JSON.stringify(manifestSchema.parse(bound)), { flag: 'wx' });
        signal?.throwIfAborted();
        await staged.commit(manifestName);
        if (placed.file !== convertedName) await rm(join(outDir, convertedName), { force: true });
        return { dir: outDir, manifest: bound, placement: placed.placement, sha256, isPublished };
      } finally {
        await staged.discard();
      }
    },
    'output-unwritable',
  );
}

function needWeights(manifest: Manifest): Weights {
  if (manifest.weights !== null) return manifest.weights;
  throw new AppError('model-mismatch', `The model "${manifest.name}" already has its weights and takes no checkpoint.`);
}

function notPublished(path: string, sha256: string, expected: string): AppError {
  const message = `${path} is not the published checkpoint (sha256 differs): it was damaged or changed. Download it again.`;
  return new AppError('model-tampered', message, { details: { path, sha256, expected } });
}

/** The checkpoint beside the graphs where its data can be used as they are, else its tensors as one float32 file. */
async function stageWeights(
  source: { checkpoint: Checkpoint; sha256: string },
  matched: ReadonlyMap<string, CheckpointTensor>,
  staged: StagedFiles,
  { name, ownCopy = false, signal }: { name: string; ownCopy?: boolean; signal?: AbortSignal },
): Promise<PlacedWeights> {
  const { checkpoint, sha256 } = source;
  const tensors = [...matched.values()];
  if (tensors.every(isUsableInPlace)) {
    const { name: file, placement } = await placeWeights(checkpoint.path, staged, { name, ownCopy });
    const locate = (tensor: CheckpointTensor) => ({ offset: tensor.fileOffset ?? 0, length: tensor.byteLength });
    return { placement, file, bytes: checkpoint.bytes, sha256, locate };
  }
  await needSpace(staged.dir, convertedBytes(tensors));
  const written = await convertWeights(checkpoint, tensors, staged.pathFor(convertedName), signal);
  const { bytes, places } = written;
  return { placement: 'converted', file: convertedName, bytes, sha256: written.sha256, locate: (tensor) => places.get(tensor)! };
}

/** float32, plain, and on the boundary that ONNX Runtime's kernels may rely on. */
function isUsableInPlace({ dtype, fileOffset }: CheckpointTensor): boolean {
  return dtype === 'float32' && fileOffset !== null && fileOffset % 4 === 0;
}

async function stageGraphs(
  from: {
    manifest: Manifest;
    graphs: ReadonlyMap<GraphName, string>;
    matched: ReadonlyMap<string, CheckpointTensor>;
    placed: PlacedWeights;
  },
  staged: StagedFiles,
): Promise<StagedGraphs> {
  const graphs: Manifest['graphs'] = { ...from.manifest.graphs };
  const names = new Set<string>([manifestName]);
  for (const [graph, path] of from.graphs) {
    const file = basename(path);
    if (names.has(file)) throw brokenGraph(`two files of the bundle have the name ${file}`);
    names.add(file);
    const model = rebindExternalData(await readGraph(path), (initializer) => place(initializer, from.matched, from.placed));
    await writeFile(staged.pathFor(file), model, { flag: 'wx' });
    graphs[graph] = { file, bytes: model.length, sha256: hashBytes(model) } satisfies GraphFile;
  }
  return { graphs, names };
}

async function readGraph(path: string): Promise<Buffer> {
  const { size } = await stat(path);
  if (size > mostGraphBytes) throw brokenGraph(`${basename(path)} has ${size} bytes, too many for a graph without weights`);
  return readFile(path);
}

function place(
  initializer: OnnxInitializer,
  matched: ReadonlyMap<string, CheckpointTensor>,
  placed: PlacedWeights,
): ExternalLocation | null {
  if (initializer.external === null) return null;
  const tensor = matched.get(initializer.name);
  if (tensor === undefined) throw brokenGraph(`its manifest does not know the weight "${initializer.name}"`);
  if (initializer.dataType !== onnxFloat || !isSameShape(initializer.dims, tensor.shape)) {
    throw brokenGraph(`the weight "${initializer.name}" has another type or shape than its manifest says`);
  }
  return { location: placed.file, ...placed.locate(tensor) };
}
