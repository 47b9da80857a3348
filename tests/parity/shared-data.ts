/** Where reference data lies on machines that have it. Tests that need it say so and skip elsewhere. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../../shared');

/** The recorded calls of the official predictor; another folder of the same layout by SAM2_PARITY_FIXTURE. */
export const parityFixture = process.env.SAM2_PARITY_FIXTURE ?? resolve(root, 'fixtures/sam21-small256');
export const hasParityFixture = existsSync(resolve(parityFixture, 'config.json'));

/** Says why tests are skipped, once, where the reason would otherwise be invisible. */
export const sayIfMissing = (isThere: boolean, what: string): void => {
  if (!isThere) console.log(`skipped: ${what} is not on this machine`);
};
