/** The weight-less graphs of the recorded test model, bound to the checkpoint that lies beside the recording. */
import { openBundle } from '../../src/main/engine/model/bundle.ts';
import { constantsOf, OnnxGraphs } from '../../src/main/engine/model/onnx-graphs.ts';
import { chooseProviders } from '../../src/main/engine/model/providers.ts';
import type { Manifest } from '../../src/shared/manifest.ts';

export interface ParityModel {
  graphs: OnnxGraphs;
  manifest: Manifest;
  close(): Promise<void>;
}

export const openParityModel = async (): Promise<ParityModel> => {
  const bundle = await openBundle(process.env.PARITY_BUNDLE!);
  const paths = {
    imageEncoder: bundle.graphFile('imageEncoder'),
    memoryAttention: bundle.graphFile('memoryAttention'),
    maskDecoder: bundle.graphFile('maskDecoder'),
    memoryEncoder: bundle.graphFile('memoryEncoder'),
    maskPrompt: bundle.graphFile('maskPrompt'),
  };
  const graphs = await OnnxGraphs.load(paths, constantsOf(bundle.manifest), chooseProviders('cpu'));
  return { graphs, manifest: bundle.manifest, close: () => graphs.release() };
};
