/**
 * The tracker against recorded calls of the official SAM2VideoPredictor on a small SAM 2.1 with random weights
 * (../shared/fixtures, or the folder in SAM2_PARITY_FIXTURE), within the tolerances that the recording states.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openParityModel, type ParityModel } from './parity-model.ts';
import { violations } from './play-recording.ts';
import { openScenarios, type RecordedScenarios, scenarios } from './recorded-scenarios.ts';
import { hasParityFixture, sayIfMissing } from './shared-data.ts';

sayIfMissing(hasParityFixture, 'the recording of the official predictor');

describe.skipIf(!hasParityFixture)('against the official predictor', () => {
  let model: ParityModel;
  let recorded: RecordedScenarios;
  beforeAll(async () => {
    model = await openParityModel();
    recorded = openScenarios(model);
  });
  afterAll(() => model?.close());

  describe.each(scenarios)('%s', (name) => {
    it('gives every call alone (forced state) within the stated tolerances', async () => {
      expect(violations(await recorded.play(name, { isForced: true }), recorded.tolerances)).toEqual([]);
    });

    it('stays close when it runs free', async () => {
      const { maskIous, flippedPixels, pixels } = await recorded.play(name, { isForced: false });
      // A weight that sums in another order moves single memory elements to the next bf16 value, and random weights
      // amplify that.
      expect(flippedPixels / pixels).toBeLessThan(0.002);
      expect(maskIous.reduce((a, b) => a + b, 0) / maskIous.length).toBeGreaterThan(0.99);
    });
  });
});
