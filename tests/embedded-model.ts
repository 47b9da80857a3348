/** What the committed bundle of the embedded model says of itself, so that no test knows its size or version. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../models/nano');

export const embeddedModel = JSON.parse(readFileSync(join(folder, 'bundle/manifest.json'), 'utf8')) as {
  id: string;
  version: string;
  imageSize: number;
};

/** PyTorch weights of the bundle: a checkpoint that is none of SAM 2.1's. */
export const embeddedCheckpoint = join(folder, `nano-${embeddedModel.version}.pt`);
