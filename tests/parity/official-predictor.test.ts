/**
 * The tracker against recorded calls of the official SAM2VideoPredictor on a small SAM 2.1 with random weights
 * (../shared/fixtures, or the folder in SAM2_PARITY_FIXTURE), within the tolerances that the recording states.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constantsOf } from '../../src/main/engine/model/onnx-graphs.ts';
import { resizeRgbBicubic } from '../../src/main/engine/tracking/resample.ts';
import { openParityModel, type ParityModel } from './parity-model.ts';
import { type PlayedRecording, playRecording } from './play-recording.ts';
import { readRecording } from './recording.ts';
import { hasParityFixture, parityFixture, sayIfMissing } from './shared-data.ts';

sayIfMissing(hasParityFixture, 'the recording of the official predictor');

const scenarios = [
  'A_click',
  'B_two_objects_correction_default',
  'C_two_objects_correction_allcond',
  'D_mask_prompt_reverse',
  'E_empty_mask_and_8cond',
];

describe.skipIf(!hasParityFixture)('against the official predictor', () => {
  let model: ParityModel;
  const config = hasParityFixture ? JSON.parse(readFileSync(join(parityFixture, 'config.json'), 'utf8')) : null;
  const frames = new Map<number, Uint8Array>();
  beforeAll(async () => {
    model = await openParityModel();
  });
  afterAll(() => model?.close());

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
    const pixels = png.width * png.height;
    return Uint8Array.from({ length: pixels }, (_, i) => (png.data[i * png.channels]! > 0 ? 1 : 0));
  };
  const play = (name: string, isForced: boolean): Promise<PlayedRecording> =>
    playRecording({
      recording: readRecording(parityFixture, name),
      graphs: model.graphs,
      constants: constantsOf(model.manifest),
      video: { width: config.video[0], height: config.video[1], frameCount: config.frames },
      modelFrame,
      mask,
      isForced,
    });

  describe.each(scenarios)('%s', (name) => {
    it('gives every call alone (forced state) within the stated tolerances', async () => {
      const { calls, maskIous, flippedPixels } = await play(name, true);
      const worst = (pick: (call: (typeof calls)[number]) => number | null): number => Math.max(...calls.map((call) => pick(call) ?? 0));
      const tolerance = config.tolerance_teacher_forced;
      expect(calls.every(({ tokens }) => tokens)).toBe(true);
      expect(worst((c) => c.lowRes)).toBeLessThan(tolerance.low_res);
      expect(worst((c) => c.pointer)).toBeLessThan(tolerance.obj_ptr);
      expect(worst((c) => c.score)).toBeLessThan(tolerance.score);
      expect(worst((c) => c.iou)).toBeLessThan(tolerance.iou);
      // One bf16 step of the largest memory elements.
      expect(worst((c) => c.memory)).toBeLessThanOrEqual(0.125);
      expect(Math.min(...maskIous)).toBeGreaterThan(0.995);
      expect(flippedPixels / maskIous.length).toBeLessThanOrEqual(1);
    });

    it('stays close when it runs free', async () => {
      const { maskIous, flippedPixels, pixels } = await play(name, false);
      expect(flippedPixels / pixels).toBeLessThan(0.0005);
      expect(maskIous.reduce((a, b) => a + b, 0) / maskIous.length).toBeGreaterThan(0.998);
    });
  });
});
