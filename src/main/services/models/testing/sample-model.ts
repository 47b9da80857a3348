/** A model for tests: weight-less bundles at two image sizes in a models folder, and the checkpoint that fits them. */
import { join } from 'node:path';
import { type SampleGraphs, writeSampleBundle } from '../../../engine/model/checkpoint/testing/sample-bundle.ts';
import {
  ramp,
  type SampleOptions,
  type SampleTensor,
  sampleCheckpoint,
} from '../../../engine/model/checkpoint/testing/sample-checkpoint.ts';
import { sampleGraph } from '../../../engine/model/checkpoint/testing/sample-graph.ts';

const parameter = (key: string) => ({ key, shape: [2, 3], dtype: 'float32' as const });
const parameters = { 'p.net.a': parameter('net.a'), 'p.net.b': parameter('net.b') };
const graph = sampleGraph(Object.keys(parameters), [2, 3]);
const graphs: SampleGraphs = { imageEncoder: graph, memoryAttention: graph, maskDecoder: graph, memoryEncoder: graph, maskPrompt: graph };

export const sampleTensors: Record<string, SampleTensor> = {
  'net.a': { shape: [2, 3], data: ramp(6) },
  'net.b': { shape: [2, 3], data: ramp(6, 100) },
  // Padding, so that a download of it takes more than one packet.
  unused: { shape: [50_000], data: ramp(50_000) },
};

export const sampleWeights = (options: SampleOptions = {}, tensors = sampleTensors): Buffer => sampleCheckpoint(tensors, options);

/** Writes models/<id>/256 and models/<id>/512 below `modelsDir`. */
export const writeSampleModel = async (
  modelsDir: string,
  id: string,
  published: { bytes?: number; sha256?: string | null; url?: string | null } = {},
): Promise<void> => {
  const { bytes = 0, sha256 = null, url = null } = published;
  for (const size of ['256', '512']) {
    const weights = { kind: 'checkpoint' as const, file: 'sample.pt', sha256, bytes, url, parameters };
    await writeSampleBundle(join(modelsDir, id, size), graphs, weights, { name: `Sample, ${size} px`, imageSize: Number(size) });
  }
};
