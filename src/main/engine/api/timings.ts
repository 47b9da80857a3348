/** How long a model's graphs ran. */

export interface GraphTimings {
  /** ms inside ONNX Runtime per graph. */
  imageEncoder: number;
  memoryAttention: number;
  maskDecoder: number;
  memoryEncoder: number;
  /** ms in which at least one of them ran. */
  inside: number;
}

export type TimedGraph = Exclude<keyof GraphTimings, 'inside'>;
