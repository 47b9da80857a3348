/** What the inference worker and the helper thread (helper-worker.ts) say to each other. */
import { Tensor } from 'onnxruntime-node';

export type HelperGraph =
  | 'imageEncoder'
  | 'imageAttention'
  | 'memoryReader'
  | 'memoryAttention'
  | 'candidateDecoder'
  | 'maskUpscaler'
  | 'memoryEncoder';
/** undefined where the model has none. */
export type HelperPaths = Record<HelperGraph, string | undefined>;

/** A tensor as it crosses threads. */
export interface HelperTensor {
  type: 'float32' | 'int64' | 'uint8';
  data: Float32Array | BigInt64Array | Uint8Array;
  dims: readonly number[];
}

export const tensorOf = ({ type, data, dims }: HelperTensor): Tensor => new Tensor(type, data, dims);

/** What the helper made of an image and still has: the image's number, and the output's name. */
export interface KeptTensor {
  image: number;
  name: string;
}

export type HelperTensors = Record<string, HelperTensor>;
export type HelperFeeds = Record<string, HelperTensor | KeptTensor>;

/**
 * Images whose features are kept, for the runs that come for them: the present frame's, those of the two after it, and
 * one that is looked back on.
 */
export const keptImages = 4;

/** Which of several objects the helper may do. */
export interface HelperShare {
  /** Of a {@link SharedCursor}: which object is next. */
  cursor: Int32Array<SharedArrayBuffer>;
  most: number;
}

export interface HelperTime {
  graph: HelperGraph;
  /** ms since the epoch */
  startMs: number;
  endMs: number;
}
