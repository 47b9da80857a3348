/**
 * Writes a bundle again with the products of its image encoder and memory attention in int8, for CPUs. The decoder and
 * the memory encoder stay in fp32: they are fast already, and their error would go round the memory. The result holds
 * its weights and needs no checkpoint. A model that brings an image encoder in int8 beside that in fp32 keeps both as
 * they are.
 */
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { AppError } from '../../../../shared/errors.ts';
import { type GraphFile, type GraphName, graphNames, type Manifest, manifestSchema } from '../../../../shared/manifest.ts';
import type { QuantizeRun } from '../../api/measured-loss.ts';
import { openBundle } from '../bundle/bundle.ts';
import { hashBytes } from '../bundle/file-hash.ts';
import { withFileErrors } from '../checkpoint/refusal.ts';
import { StagedFiles } from '../checkpoint/staged-files.ts';
import { OnnxGraph } from './onnx-graph.ts';
import { quantizeGraph } from './quantize-graph.ts';
import { stepDone, unwatched } from './quantize-run.ts';

const inInt8: readonly GraphName[] = ['imageEncoder', 'imageAttention', 'memoryReader', 'memoryAttention'];

/**
 * @param dir a bundle that can be loaded: bound, or with its weights
 * @param outDir the new bundle's folder; either the whole bundle appears or what was there before stays
 * @param bits 8, or 7 for processors without VNNI
 * @returns its manifest
 * @throws AppError `model-missing` for a bundle without weights, `model-corrupt`, `output-unwritable`, `disk-full`,
 *   `cancelled`
 */
export const quantizeBundle = async (dir: string, outDir: string, bits: 7 | 8 = 8, run: QuantizeRun = unwatched): Promise<Manifest> => {
  const bundle = await openBundle(dir);
  if (bundle.needsWeights) {
    throw new AppError(
      'model-missing',
      `The weights of ${bundle.manifest.name} are not installed. Install them before making an int8 version.`,
    );
  }
  return withFileErrors(
    outDir,
    async () => {
      const staged = await StagedFiles.in(outDir);
      try {
        const graphs: Partial<Record<GraphName, GraphFile>> = {};
        const { imageEncoderInt8 } = bundle.manifest.graphs;
        for (const name of graphNames) {
          if (!bundle.manifest.graphs[name]) continue;
          const model =
            inInt8.includes(name) && !(imageEncoderInt8 && name === 'imageEncoder')
              ? await toInt8(bundle.graphFile(name), bits)
              : await selfContained(bundle.graphFile(name));
          const file = `${name}.onnx`;
          await writeFile(staged.pathFor(file), model, { flag: 'wx' });
          graphs[name] = { file, bytes: model.length, sha256: hashBytes(model) };
          stepDone(run);
        }
        const { id, name } = bundle.manifest;
        const manifest = manifestSchema.parse({ ...bundle.manifest, id: `${id}-int8`, name: `${name}, int8`, graphs, weights: null });
        await writeFile(staged.pathFor('manifest.json'), JSON.stringify(manifest), { flag: 'wx' });
        await staged.commit('manifest.json');
        return manifest;
      } finally {
        await staged.discard();
      }
    },
    'output-unwritable',
  );
};

const readFrom =
  (folder: string) =>
  async (location: string, offset: number, length: number): Promise<Uint8Array> => {
    const file = await open(join(folder, location));
    try {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      if (bytesRead !== length) throw new AppError('model-corrupt', `${location} is incomplete. Remove the model and install it again.`);
      return bytes;
    } finally {
      await file.close();
    }
  };

/** The graph with all its data inside. */
const selfContained = async (path: string): Promise<Uint8Array> =>
  (await OnnxGraph.read(await readFile(path), readFrom(dirname(path)))).write();

const toInt8 = async (path: string, bits: 7 | 8): Promise<Uint8Array> => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-video-int8-'));
  try {
    // ONNX Runtime folds what is constant (slices and transposes of weights) into plain matrices first, with standard
    // operators only.
    const folded = join(folder, 'folded.onnx');
    const session = await InferenceSession.create(path, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'basic',
      optimizedModelFilePath: folded,
      logSeverityLevel: 3,
    });
    await session.release();
    const graph = await OnnxGraph.read(await readFile(folded), readFrom(dirname(path)));
    quantizeGraph(graph, bits);
    return graph.write();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
