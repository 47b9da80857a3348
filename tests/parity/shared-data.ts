/** Where the recordings of the official predictor lie. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** The small recording that every clone has (models/parity/record_small.py). */
export const smallRecording = resolve(import.meta.dirname, '../fixtures/small-parity');

/** The large recording, which only some machines have; another folder of the same layout by SAM2_PARITY_FIXTURE. */
export const parityFixture = process.env.SAM2_PARITY_FIXTURE ?? resolve(import.meta.dirname, '../../../shared/fixtures/sam21-small256');
export const hasParityFixture = existsSync(resolve(parityFixture, 'config.json'));

/** Says why tests are skipped, once, where the reason would otherwise be invisible. */
export const sayIfMissing = (isThere: boolean, what: string): void => {
  if (!isThere) console.log(`skipped: ${what} is not on this machine`);
};
