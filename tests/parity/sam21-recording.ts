/** Recordings of models/parity/record_sam21.py: what the official predictor did, and how far the tracker is from it. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decode } from 'fast-png';
import { VideoTracker } from '../../src/main/engine/tracking/video-tracker.ts';
import { readHalf } from './halves.ts';
import { resizeRgbBicubic } from './pil-resize.ts';
import type { Laws } from './sam21-checkpoint.ts';
import type { SeededModel } from './sam21-model.ts';

interface ArrayRef {
  shape: number[];
  offset: number;
  bytes: number;
}

interface Call {
  frame: number;
  obj: number;
  is_mask: boolean;
  multimask: boolean;
  score: number;
  ious: number[];
  stability: number | null;
  /** Tokens attended, and how many of them are of pointers. */
  tokens: [number, number] | null;
  mask: ArrayRef;
  pointer: ArrayRef;
  logits: ArrayRef | null;
}

type Step =
  | {
      op: 'points';
      frame: number;
      obj: number;
      points?: [number, number][];
      labels?: number[];
      box?: [number, number, number, number];
      clear_old_points?: boolean;
    }
  | { op: 'mask'; frame: number; obj: number; ellipse: [number, number, number, number] | [] }
  | { op: 'propagate'; start: number; frames: number; reverse: boolean }
  | { op: 'clear'; frame: number; obj: number }
  | { op: 'remove'; obj: number }
  | { op: 'reset' };

interface Scenario {
  frameCount: number;
  steps: { step: Step; calls: Call[] }[];
}

export interface Sam21Recording {
  model: string;
  seed: number;
  laws: Laws;
  video: { width: number; height: number; images: number };
  scenarios: Record<string, Scenario>;
  bytes: Buffer;
}

export interface CallComparison {
  at: string;
  score: number;
  scoreDifference: number;
  iouDifference: number;
  pointerDifference: number;
  /** Largest difference of the low-res logits where they are recorded. */
  logitDifference: number | null;
  maskIou: number;
  hasSameTokens: boolean;
  isPrompt: boolean;
  expected: Call;
}

const fixture = resolve(import.meta.dirname, '../fixtures/sam21-parity');

export const hasSam21Recording = (name: string): boolean => existsSync(join(fixture, `${name}.json`));

export const readSam21Recording = (name: string): Sam21Recording => {
  const json = JSON.parse(readFileSync(join(fixture, `${name}.json`), 'utf8')) as Omit<Sam21Recording, 'bytes'> & { bin: string };
  return { ...json, bytes: gunzipSync(readFileSync(join(fixture, json.bin))) };
};

const readHalves = (bytes: Buffer, { offset, bytes: length }: ArrayRef): Float32Array =>
  Float32Array.from({ length: length / 2 }, (_, i) => readHalf(bytes.readUInt16LE(offset + 2 * i)));

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
};

const maskIou = (bytes: Buffer, { offset }: ArrayRef, logits: Float32Array): number => {
  let [both, either] = [0, 0];
  for (let i = 0; i < logits.length; i++) {
    const [theirs, ours] = [(bytes[offset + (i >> 3)]! >> (i & 7)) & 1, logits[i]! > 0 ? 1 : 0];
    both += theirs & ours;
    either += theirs | ours;
  }
  return either === 0 ? 1 : both / either;
};

/** Frames of the recorded clip at the model's size; it runs to and fro over few images. */
export const clipOf = ({ video }: Sam21Recording, size: number): ((frame: number) => Uint8Array) => {
  const all = new Uint8Array(decode(readFileSync(join(fixture, 'images.png'))).data);
  const bytes = video.width * video.height * 3;
  const images = Array.from({ length: video.images }, (_, i) =>
    resizeRgbBicubic(all.slice(i * bytes, (i + 1) * bytes), video.width, video.height, size, size),
  );
  const period = 2 * video.images - 2;
  return (frame) => images[Math.min(frame % period, period - (frame % period))]!;
};

const ellipseMask = (width: number, height: number, ellipse: readonly number[]): Uint8Array => {
  const mask = new Uint8Array(width * height);
  const [x0, y0, rx, ry] = ellipse;
  if (x0 === undefined || y0 === undefined || rx === undefined || ry === undefined) return mask;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) mask[y * width + x] = ((x - x0) / rx) ** 2 + ((y - y0) / ry) ** 2 < 1 ? 1 : 0;
  return mask;
};

export interface PlaySam21Options {
  recording: Sam21Recording;
  scenario: string;
  model: SeededModel;
  clip: (frame: number) => Uint8Array;
  /** Do not tell the tracker how long the clip is. */
  isStream?: boolean;
}

/**
 * Plays a scenario freely (the tracker keeps its own state) and compares every inference.
 * @throws Error when the calls are others
 */
export const playSam21 = async ({ recording, scenario, model, clip, isStream = false }: PlaySam21Options): Promise<CallComparison[]> => {
  const { constants } = model;
  const { width, height } = recording.video;
  const { frameCount, steps } = recording.scenarios[scenario]!;
  const tracker = new VideoTracker(model.graphs, constants, {
    width,
    height,
    frameCount: isStream ? null : frameCount,
    history: frameCount,
  });
  const [perMemory, perPointer] = [constants.featureSize ** 2, constants.hiddenDim / constants.memoryDim];
  const compared: CallComparison[] = [];
  let expected: Call[] = [];
  let op: Step['op'] = 'reset';
  tracker.onOutput = (id, frame, output, { ious, isMask, memories, pointers }) => {
    const at = expected.findIndex((call) => call.frame === frame && call.obj === id);
    const call = expected.splice(at, 1)[0];
    if (at < 0 || !call) throw new Error(`the official predictor made no call for object ${id} on frame ${frame}`);
    const ours = isMask || !call.multimask ? [output.predictedIou] : ious.slice(1);
    compared.push({
      at: `${scenario} ${op} frame ${frame} object ${id}`,
      score: call.score,
      scoreDifference: Math.abs(call.score - output.objectLogit),
      iouDifference: largest(call.ious, ours),
      pointerDifference: largest(readHalves(recording.bytes, call.pointer), output.pointer),
      logitDifference: call.logits && largest(readHalves(recording.bytes, call.logits), output.logits),
      maskIou: maskIou(recording.bytes, call.mask, output.logits),
      hasSameTokens:
        (call.tokens?.[0] ?? 0) === memories * perMemory + pointers * perPointer && (call.tokens?.[1] ?? 0) === pointers * perPointer,
      isPrompt: op !== 'propagate',
      expected: call,
    });
  };
  for (const { step, calls } of steps) {
    expected = [...calls];
    op = step.op;
    if (step.op === 'points') {
      const before = step.clear_old_points === false ? tracker.promptOn(step.obj, step.frame) : null;
      const prompt = {
        points: [...(before?.points ?? []), ...(step.points ?? [])],
        labels: [...(before?.labels ?? []), ...(step.labels ?? [])],
        box: step.box ?? before?.box ?? null,
      };
      await tracker.setPoints(step.obj, step.frame, prompt, () => clip(step.frame));
      await tracker.encodePending(step.frame, () => clip(step.frame));
    } else if (step.op === 'mask') {
      await tracker.setMask(step.obj, step.frame, ellipseMask(width, height, step.ellipse), () => clip(step.frame));
      await tracker.encodePending(step.frame, () => clip(step.frame));
    } else if (step.op === 'clear') tracker.clearPrompts(step.obj, step.frame);
    else if (step.op === 'remove') tracker.removeObject(step.obj);
    else if (step.op === 'reset') for (const id of tracker.objectIds) tracker.removeObject(id);
    else {
      tracker.startPropagation();
      const { start, frames, reverse } = step;
      const end = reverse ? Math.max(0, start - frames) : Math.min(frameCount - 1, start + frames);
      for (let t = start; reverse ? t >= end : t <= end; t += reverse ? -1 : 1) await tracker.trackFrame(t, reverse, () => clip(t));
    }
    if (expected.length > 0) throw new Error(`the official predictor made ${expected.length} calls more in ${JSON.stringify(step)}`);
  }
  tracker.dispose();
  return compared;
};
