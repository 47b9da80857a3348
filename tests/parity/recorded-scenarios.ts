/** The recorded scenarios of the small SAM 2.1 fixture, ready to be played on the tracker. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { constantsOf, type OnnxGraphs } from '../../src/main/engine/model/graphs/onnx-graphs.ts';
import { resizeRgbBicubic } from '../../src/main/engine/tracking/resample.ts';
import type { ParityModel } from './parity-model.ts';
import { type PlayedRecording, type PlayOptions, playRecording, type Tolerances } from './play-recording.ts';
import { readRecording } from './recording.ts';
import { parityFixture } from './shared-data.ts';

export const scenarios = [
  'A_click',
  'B_two_objects_correction_default',
  'C_two_objects_correction_allcond',
  'D_mask_prompt_reverse',
  'E_empty_mask_and_8cond',
] as const;
export type Scenario = (typeof scenarios)[number];

interface FixtureConfig {
  image_size: number;
  video: [number, number];
  frames: number;
  tolerance_teacher_forced: Tolerances;
}

export interface RecordedScenarios {
  tolerances: Tolerances;
  play(name: Scenario, options: { isForced: boolean; graphs?: OnnxGraphs; modules?: PlayOptions['modules'] }): Promise<PlayedRecording>;
}

export const openScenarios = (model: ParityModel): RecordedScenarios => {
  const config = JSON.parse(readFileSync(join(parityFixture, 'config.json'), 'utf8')) as FixtureConfig;
  const frames = new Map<number, Uint8Array>();
  const modelFrame = (frame: number): Uint8Array => {
    const known = frames.get(frame);
    if (known) return known;
    const png = decode(readFileSync(join(parityFixture, 'frames', `${String(frame).padStart(5, '0')}.png`)));
    const resized = resizeRgbBicubic(new Uint8Array(png.data), png.width, png.height, config.image_size, config.image_size);
    frames.set(frame, resized);
    return resized;
  };
  const mask = (name: string): Uint8Array => {
    const png = decode(readFileSync(join(parityFixture, name)));
    return Uint8Array.from({ length: png.width * png.height }, (_, i) => (png.data[i * png.channels]! > 0 ? 1 : 0));
  };
  return {
    tolerances: config.tolerance_teacher_forced,
    play: (name, { isForced, graphs = model.graphs, modules }) =>
      playRecording({
        recording: readRecording(parityFixture, name),
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
