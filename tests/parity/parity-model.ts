/**
 * The weight-less graphs of the recorded test model, bound by the app's own import to the checkpoint that lies beside
 * the recording.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openBundle, readManifest } from '../../src/main/engine/model/bundle/bundle.ts';
import { bindCheckpoint } from '../../src/main/engine/model/checkpoint/bind.ts';
import { constantsOf, type GraphPaths, graphPathsOf, OnnxGraphs } from '../../src/main/engine/model/graphs/onnx-graphs.ts';
import { chooseProviders } from '../../src/main/engine/model/runtime/providers.ts';
import type { Manifest } from '../../src/shared/manifest.ts';
import { parityFixture } from './shared-data.ts';

const graphsFolder = resolve(import.meta.dirname, '../fixtures/sam21-small256');

export interface ParityModel {
  graphs: OnnxGraphs;
  manifest: Manifest;
  paths: GraphPaths;
  close(): Promise<void>;
}

export const openParityModel = async (): Promise<ParityModel> => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-video-parity-'));
  const manifest = await readManifest(graphsFolder);
  const outDir = join(folder, 'bound');
  await bindCheckpoint({
    bundleDir: graphsFolder,
    manifest,
    checkpointPath: join(parityFixture, manifest.weights!.file),
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
