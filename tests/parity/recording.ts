/**
 * Reads recordings of the official predictor: JSON beside one file of raw arrays, gzipped or not
 * (models/parity/recorder.py).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readHalf } from './halves.ts';

export interface ArrayRef {
  dtype: 'float32' | 'bfloat16' | 'bits' | 'float16';
  shape: number[];
  offset: number;
  bytes: number;
}

export interface RecordedCall {
  frame: number;
  obj?: number;
  is_mask: boolean;
  multimask: boolean;
  score: number;
  ious: number[];
  low_res: ArrayRef;
  obj_ptr: ArrayRef;
  memory_tokens: [number, number] | null;
  maskmem?: ArrayRef;
  pix_feat_with_mem?: ArrayRef;
}

interface RecordedStep {
  step:
    | {
        op: 'points';
        frame: number;
        obj: number;
        points?: [number, number][];
        labels?: number[];
        box?: [number, number, number, number];
        clear_old_points?: boolean;
      }
    | { op: 'mask'; frame: number; obj: number; mask: string }
    | { op: 'clear'; frame: number; obj: number }
    | { op: 'remove'; obj: number }
    | { op: 'propagate'; start?: number; max_frames?: number; reverse?: boolean };
  ids: number[];
  calls: RecordedCall[];
  preflight: { frame: number; maskmem: ArrayRef }[];
  video_masks: { frame: number; bits: ArrayRef }[];
}

export interface Recording {
  scenario: string;
  add_all_frames_to_correct_as_cond: boolean;
  steps: RecordedStep[];
  bytes: Buffer;
}

/** Names of the scenarios that a folder holds. */
export const scenariosIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json') && isRecording(JSON.parse(readFileSync(join(folder, file), 'utf8'))))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();

const isRecording = (json: object): boolean => 'steps' in json && 'bin' in json;

export const readRecording = (folder: string, name: string): Recording => {
  const json = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Omit<Recording, 'bytes'> & { bin: string };
  const bytes = readFileSync(join(folder, json.bin));
  return { ...json, bytes: json.bin.endsWith('.gz') ? gunzipSync(bytes) : bytes };
};

/** float32, float16 or bfloat16 array as floats. */
export const readFloats = (bytes: Buffer, ref: ArrayRef): Float32Array => {
  const copy = bytes.buffer.slice(bytes.byteOffset + ref.offset, bytes.byteOffset + ref.offset + ref.bytes) as ArrayBuffer;
  if (ref.dtype === 'float32') return new Float32Array(copy);
  if (ref.dtype === 'bfloat16') {
    const half = new Uint16Array(copy);
    const out = new Float32Array(half.length);
    const bits = new Uint32Array(out.buffer);
    for (let i = 0; i < half.length; i++) bits[i] = half[i]! << 16;
    return out;
  }
  if (ref.dtype === 'float16') return Float32Array.from(new Uint16Array(copy), readHalf);
  throw new Error(`not a float array: ${ref.dtype}`);
};

/** Packed bits (least significant first) as bytes of 0 and 1. */
export const readBits = (bytes: Buffer, ref: ArrayRef): Uint8Array => {
  const length = ref.shape.reduce((a, b) => a * b, 1);
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) out[i] = (bytes[ref.offset + (i >> 3)]! >> (i & 7)) & 1;
  return out;
};

export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
};
