/** What the inference worker and the second lane (helper-worker.ts) say to each other. */
import { Tensor } from 'onnxruntime-node';

export type LaneGraph =
  | 'imageEncoder'
  | 'imageAttention'
  | 'memoryReader'
  | 'memoryAttention'
  | 'candidateDecoder'
  | 'maskUpscaler'
  | 'memoryEncoder';
/** undefined where the model has none. */
export type LanePaths = Record<LaneGraph, string | undefined>;

/** A tensor as it crosses threads. */
export interface LaneTensor {
  type: 'float32' | 'int64' | 'uint8';
  data: Float32Array | BigInt64Array | Uint8Array;
  dims: readonly number[];
}

export const tensorOf = ({ type, data, dims }: LaneTensor): Tensor => new Tensor(type, data, dims);

/** What the lane made of an image and still has: the image's number, and the output's name. */
export interface KeptTensor {
  image: number;
  name: string;
}

export type LaneTensors = Record<string, LaneTensor>;
export type LaneFeeds = Record<string, LaneTensor | KeptTensor>;

/**
 * Images whose features are kept, for the runs that come for them: the present frame's, those of the two after it, and
 * one that is looked back on.
 */
export const keptImages = 4;

/** What of several objects the lane may do. */
export interface LaneShare {
  /** Shared: how many either thread has begun with. */
  taken: Int32Array;
  most: number;
}

export interface LaneTime {
  graph: LaneGraph;
  /** ms since the epoch */
  startMs: number;
  endMs: number;
}
