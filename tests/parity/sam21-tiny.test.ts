/**
 * SAM 2.1 tiny at 512 on seeded weights against the official SAM2VideoPredictor: every way to prompt, correct, remove
 * and track (models/parity/sam21_scenarios.py). The tracker runs free; see models/README.md.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSeededModel, type SeededModel } from './sam21-model.ts';
import { clipOf, playSam21, readSam21Recording } from './sam21-recording.ts';
import { freeRun, violationsOf } from './sam21-violations.ts';

const recording = readSam21Recording('tiny-512');

describe('SAM 2.1 tiny against the official predictor', () => {
  let model: SeededModel;
  let clip: (frame: number) => Uint8Array;
  beforeAll(async () => {
    model = await openSeededModel(recording.model, recording.seed, recording.laws);
    clip = clipOf(recording, model.constants.imageSize);
  });
  afterAll(() => model?.close());

  it.each(Object.keys(recording.scenarios))('%s', async (scenario) => {
    const calls = await playSam21({ recording, scenario, model, clip });
    expect(calls.length).toBeGreaterThan(3);
    expect(violationsOf(calls, freeRun)).toEqual([]);
  });

  it('tracks a stream of unknown length as the clip of at least 16 frames', async () => {
    const calls = await playSam21({ recording, scenario: 'clicks', model, clip, isStream: true });
    expect(violationsOf(calls, freeRun)).toEqual([]);
  });

  it('would notice another divisor of pointer distances', async () => {
    const calls = await playSam21({ recording, scenario: 'short_clip', model, clip, isStream: true });
    expect(violationsOf(calls, freeRun)).not.toEqual([]);
  });

  it('is tested on weights that reach every branch', () => {
    const calls = Object.values(recording.scenarios).flatMap(({ steps }) => steps.flatMap((step) => step.calls));
    const single = calls.filter((call) => !call.multimask && !call.is_mask);
    const count = (of: typeof calls, test: (call: (typeof calls)[number]) => boolean): number => of.filter(test).length;
    expect(count(calls, ({ score }) => score > 0)).toBeGreaterThan(20);
    expect(count(calls, ({ score }) => score <= 0)).toBeGreaterThan(10);
    expect(count(single, ({ stability }) => stability !== null && stability < 0.98)).toBeGreaterThan(2);
    expect(count(single, ({ stability }) => stability !== null && stability >= 0.98)).toBeGreaterThan(2);
    const chosen = calls.filter(({ multimask }) => multimask).map(({ ious }) => ious.indexOf(Math.max(...ious)));
    expect(new Set(chosen).size).toBeGreaterThan(1);
  });
});
