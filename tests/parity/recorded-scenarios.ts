/** The scenarios that a recording's folder holds, ready to be played on the tracker. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { constantsOf, type OnnxGraphs } from '../../src/main/engine/model/graphs/onnx-graphs.ts';
import type { ParityModel } from './parity-model.ts';
import { resizeRgbBicubic } from './pil-resize.ts';
import { type PlayedRecording, type PlayOptions, playRecording, type Tolerances } from './play-recording.ts';
import { readRecording } from './recording.ts';
import type { Laws } from './sam21-checkpoint.ts';

/** config.json of a recording. */
export interface RecordingConfig {
  image_size: number;
  video: [number, number];
  frames: number;
  /**
   * One file with all images below each other; the clip runs to and fro over them. Otherwise each frame is a file in
   * frames/.
   */
  images?: { file: string; count: number };
  /** Of the weights, where they are seeded and not in a file beside the recording. */
  seed?: number;
  laws?: Laws;
  tolerance_teacher_forced: Tolerances;
}

export interface RecordedScenarios {
  tolerances: Tolerances;
  play(name: string, options: { isForced: boolean; graphs?: OnnxGraphs; modules?: PlayOptions['modules'] }): Promise<PlayedRecording>;
}

export const readConfig = (folder: string): RecordingConfig =>
  JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as RecordingConfig;

export const openScenarios = (folder: string, model: ParityModel): RecordedScenarios => {
  const config = readConfig(folder);
  const readPng = (file: string) => decode(readFileSync(join(folder, file)));
  const { images } = config;
  const sheet = images && new Uint8Array(readPng(images.file).data);
  const sourceFrame = (frame: number): { data: Uint8Array; width: number; height: number } => {
    if (sheet && images) {
      const [width, height] = config.video;
      const period = 2 * images.count - 2;
      const image = Math.min(frame % period, period - (frame % period));
      return { data: sheet.subarray(image * width * height * 3, (image + 1) * width * height * 3), width, height };
    }
    const png = readPng(join('frames', `${String(frame).padStart(5, '0')}.png`));
    return { data: new Uint8Array(png.data), width: png.width, height: png.height };
  };
  const frames = new Map<number, Uint8Array>();
  const modelFrame = (frame: number): Uint8Array => {
    const known = frames.get(frame);
    if (known) return known;
    const { data, width, height } = sourceFrame(frame);
    const resized = resizeRgbBicubic(data, width, height, config.image_size, config.image_size);
    frames.set(frame, resized);
    return resized;
  };
  const mask = (name: string): Uint8Array => {
    const png = readPng(name);
    return Uint8Array.from({ length: png.width * png.height }, (_, i) => (png.data[i * png.channels]! > 0 ? 1 : 0));
  };
  return {
    tolerances: config.tolerance_teacher_forced,
    play: (name, { isForced, graphs = model.graphs, modules }) =>
      playRecording({
        recording: readRecording(folder, name),
        graphs,
        constants: constantsOf(model.manifest),
        video: { width: config.video[0], height: config.video[1], frameCount: config.frames },
        modelFrame,
        mask,
        isForced,
        ...(modules && { modules }),
      }),
  };
};
