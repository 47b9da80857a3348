/** A small valid bundle on disk for tests: the graphs are any bytes, the manifest describes them truthfully. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GraphName, graphNames, type Manifest } from '../../../../../shared/manifest.ts';

export type SampleGraphs = Partial<Record<GraphName, Uint8Array>>;

export const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

const fileNames: Record<GraphName, string> = {
  imageEncoder: 'image_encoder.onnx',
  memoryAttention: 'memory_attention.onnx',
  maskDecoder: 'mask_decoder.onnx',
  memoryEncoder: 'memory_encoder.onnx',
  maskPrompt: 'mask_prompt.onnx',
  candidateDecoder: 'candidate_decoder.onnx',
  maskUpscaler: 'mask_upscaler.onnx',
  imageAttention: 'image_attention.onnx',
  memoryReader: 'memory_reader.onnx',
  imageEncoderInt8: 'image_encoder_int8.onnx',
};

/** The manifest of SAM 2.1's constants over the given graphs (unnamed graphs get a few bytes of their own). */
function sampleManifest(
  graphs: SampleGraphs = {},
  weights: Manifest['weights'] = null,
  change: Partial<Pick<Manifest, 'name' | 'imageSize'>> = {},
): Manifest {
  const entry = (name: GraphName) => {
    const data = graphBytes(graphs, name);
    return { file: fileNames[name], sha256: sha256(data), bytes: data.length };
  };
  return {
    schema: 1,
    id: 'sample',
    name: 'Sample',
    family: 'sam2.1',
    version: '1',
    licence: 'Apache-2.0',
    source: 'a test',
    imageSize: 256,
    stride: 16,
    hiddenDim: 128,
    memoryDim: 32,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    numMaskmem: 7,
    memoryTemporalStride: 1,
    maxObjPtrs: 16,
    maxCondFrames: -1,
    sigmoidScale: 20,
    sigmoidBias: -10,
    multimaskMinPoints: 0,
    multimaskMaxPoints: 1,
    stabilityDelta: 0.05,
    stabilityThreshold: 0.98,
    noObjScore: -1024,
    maskPromptClamp: 32,
    maskPromptLogit: 10,
    fillHoleArea: 0,
    binarizePromptedMasks: true,
    multimaskForTracking: true,
    graphs: {
      imageEncoder: entry('imageEncoder'),
      memoryAttention: entry('memoryAttention'),
      maskDecoder: entry('maskDecoder'),
      memoryEncoder: entry('memoryEncoder'),
      maskPrompt: entry('maskPrompt'),
    },
    weights,
    training: null,
    ...change,
  };
}

/** Writes manifest and graphs into `dir`. */
export async function writeSampleBundle(
  dir: string,
  graphs: SampleGraphs = {},
  weights: Manifest['weights'] = null,
  change: Partial<Pick<Manifest, 'name' | 'imageSize'>> = {},
): Promise<Manifest> {
  const manifest = sampleManifest(graphs, weights, change);
  await mkdir(dir, { recursive: true });
  for (const name of graphNames) await writeFile(join(dir, fileNames[name]), graphBytes(graphs, name));
  await writeFile(join(dir, 'manifest.json'), JSON.stringify(manifest));
  return manifest;
}

const graphBytes = (graphs: SampleGraphs, name: GraphName): Uint8Array => graphs[name] ?? Buffer.from(`graph ${name}`);
