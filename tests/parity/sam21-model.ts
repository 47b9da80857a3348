/**
 * SAM 2.1 with the weights of a recording: the committed graphs, bound by the app's own import to a checkpoint made
 * here.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openBundle, readManifest } from '../../src/main/engine/model/bundle/bundle.ts';
import { bindCheckpoint } from '../../src/main/engine/model/checkpoint/bind.ts';
import { constantsOf, graphPathsOf, OnnxGraphs } from '../../src/main/engine/model/graphs/onnx-graphs.ts';
import { chooseProviders } from '../../src/main/engine/model/runtime/providers.ts';
import type { TrackerConstants } from '../../src/main/engine/tracking/constants.ts';
import type { ImageFeatures, TrackerGraphs } from '../../src/main/engine/tracking/graphs.ts';
import { type Laws, writeSeededCheckpoint } from './sam21-checkpoint.ts';

export interface SeededModel {
  graphs: TrackerGraphs;
  constants: TrackerConstants;
  close(): Promise<void>;
}

const modelsRoot = resolve(import.meta.dirname, '../../models');

/** @param model folder below models/ */
export const openSeededModel = async (model: string, seed: number, laws: Laws): Promise<SeededModel> => {
  const bundleDir = join(modelsRoot, model);
  const manifest = await readManifest(bundleDir);
  const folder = await mkdtemp(join(tmpdir(), 'sam2-video-seeded-'));
  const outDir = join(folder, 'bound');
  try {
    const checkpointPath = join(folder, manifest.weights!.file);
    await writeSeededCheckpoint(checkpointPath, Object.values(manifest.weights!.parameters), laws, seed);
    await bindCheckpoint({ bundleDir, manifest, checkpointPath, outDir, modelsRoot });
    const bundle = await openBundle(outDir, { modelsRoot: dirname(outDir) });
    const constants = constantsOf(bundle.manifest);
    const onnx = await OnnxGraphs.load(graphPathsOf(bundle), constants, chooseProviders('cpu'));
    return {
      graphs: rememberingImages(onnx),
      constants,
      close: async () => {
        await onnx.release();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};

/** The recordings show few images many times, and their features never change. */
const rememberingImages = (graphs: OnnxGraphs): TrackerGraphs => {
  const known = new Map<Uint8Array, ImageFeatures>();
  return {
    encodeImage: async (rgb) => {
      const features = known.get(rgb) ?? (await graphs.encodeImage(rgb));
      known.set(rgb, features);
      return features;
    },
    initialFeatures: (features) => graphs.initialFeatures(features),
    rawFeatures: (features) => graphs.rawFeatures(features),
    attend: (features, input) => graphs.attend(features, input),
    decode: (features, pix, input) => graphs.decode(features, pix, input),
    encodeMemory: (features, input) => graphs.encodeMemory(features, input),
    downsampleMask: (mask) => graphs.downsampleMask(mask),
  };
};
