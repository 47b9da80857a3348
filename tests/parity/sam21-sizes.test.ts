/**
 * Every size of SAM 2.1 at both input sizes on seeded weights against the official predictor. Minutes long: `npm run
 * test:parity`.
 */
import { describe, expect, it } from 'vitest';
import { openSeededModel } from './sam21-model.ts';
import { clipOf, hasSam21Recording, playSam21, readSam21Recording } from './sam21-recording.ts';
import { deepFreeRun, freeRun, violationsOf } from './sam21-violations.ts';

const isWanted = process.env.SAM2_PARITY_SIZES === '1';
if (!isWanted) console.log('skipped: every size of SAM 2.1 takes minutes; npm run test:parity runs them');

describe.skipIf(!isWanted).each([512, 1024])('at %i', (imageSize) => {
  it.each(['tiny', 'small', 'base-plus', 'large'])(
    '%s',
    async (size) => {
      const name = `size-${size}-${imageSize}`;
      expect(hasSam21Recording(name), `tests/fixtures/sam21-parity/${name} is missing: models.parity.record_sam21 sizes`).toBe(true);
      const recording = readSam21Recording(name);
      const model = await openSeededModel(recording.model, recording.seed, recording.laws);
      try {
        const calls = await playSam21({ recording, scenario: 'size', model, clip: clipOf(recording, imageSize) });
        expect(calls.length).toBeGreaterThan(1);
        expect(violationsOf(calls, size === 'large' ? deepFreeRun : freeRun)).toEqual([]);
      } finally {
        await model.close();
      }
    },
    1_800_000,
  );
});
