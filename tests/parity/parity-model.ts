/** The weight-less graphs of the recorded test model, bound by the app's own import to the recording's checkpoint. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openBundle, readManifest } from '../../src/main/engine/model/bundle/bundle.ts';
import { bindCheckpoint } from '../../src/main/engine/model/checkpoint/bind.ts';
import { constantsOf, type GraphPaths, graphPathsOf, OnnxGraphs } from '../../src/main/engine/model/graphs/onnx-graphs.ts';
import { chooseProviders } from '../../src/main/engine/model/runtime/providers.ts';
import type { Manifest } from '../../src/shared/manifest.ts';
import { readConfig } from './recorded-scenarios.ts';
import { writeSeededCheckpoint } from './sam21-checkpoint.ts';

const graphsFolder = resolve(import.meta.dirname, '../fixtures/sam21-small256');

export interface ParityModel {
  graphs: OnnxGraphs;
  manifest: Manifest;
  paths: GraphPaths;
  close(): Promise<void>;
}

/** @param recording folder of a recording; its checkpoint lies in it, or is made from a seed */
export const openParityModel = async (recording: string): Promise<ParityModel> => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-video-parity-'));
  const manifest = await readManifest(graphsFolder);
  const outDir = join(folder, 'bound');
  const { seed, laws } = readConfig(recording);
  const checkpointPath = join(laws ? folder : recording, manifest.weights!.file);
  if (laws) await writeSeededCheckpoint(checkpointPath, Object.values(manifest.weights!.parameters), laws, seed!);
  await bindCheckpoint({
    bundleDir: graphsFolder,
    manifest,
    checkpointPath,
    outDir,
    ownCopy: true,
  });
  const bundle = await openBundle(outDir);
  const paths = graphPathsOf(bundle);
  const graphs = await OnnxGraphs.load(paths, constantsOf(bundle.manifest), chooseProviders('cpu'));
  return {
    graphs,
    manifest: bundle.manifest,
    paths,
    close: async () => {
      await graphs.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
