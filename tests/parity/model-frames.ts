/**
 * The app's own model frames beside PIL's (models/parity/record_model_frames.py), which the official predictor is given
 * (rule 1).
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decode } from 'fast-png';
import type { decodeFrames } from '../../src/main/engine/media/decode.ts';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import { probe } from '../../src/main/engine/media/probe.ts';

const fixture = resolve(import.meta.dirname, '../fixtures/model-frames');
const clip = resolve(import.meta.dirname, '../../resources/sample.mp4');

interface Recorded {
  frame: number;
  /** Of a model frame of `size` px, the square that `file` holds. */
  frames: { size: number; left: number; top: number; side: number; file: string }[];
}

export interface FrameDifference {
  size: number;
  /** Of all channels, in steps of 8 bits. */
  mean: number;
  largest: number;
}

/**
 * ffmpeg's bicubic is a little sharper than PIL's, and it converts from YUV in the same pass: 0.27 and 7 with ffmpeg
 * 5.1.
 */
const allowed = { mean: 0.5, largest: 12 } as const;

const ffmpeg = await findFfmpeg();
const { info, index } = await probe(clip, { ffmpeg });

/** @param frames the product's decoder, or a broken one */
export const differencesFromPil = async (frames: typeof decodeFrames): Promise<FrameDifference[]> => {
  const recorded = JSON.parse(readFileSync(join(fixture, 'frames.json'), 'utf8')) as Recorded;
  const found: FrameDifference[] = [];
  for (const { size, left, top, side, file } of recorded.frames) {
    const expected = decode(readFileSync(join(fixture, file))).data;
    const range = { start: recorded.frame, end: recorded.frame };
    const decoded = frames({ path: clip, info, index, ...range, display: null, model: { size }, ffmpeg });
    let sum = 0;
    let largest = 0;
    for await (const { model } of decoded) {
      for (let y = 0; y < side; y++) {
        for (let i = 0; i < side * 3; i++) {
          const difference = Math.abs(model![((top + y) * size + left) * 3 + i]! - expected[y * side * 3 + i]!);
          sum += difference;
          largest = Math.max(largest, difference);
        }
      }
    }
    found.push({ size, mean: sum / expected.length, largest });
  }
  return found;
};

export const isNearPil = ({ mean, largest }: FrameDifference): boolean => mean <= allowed.mean && largest <= allowed.largest;
