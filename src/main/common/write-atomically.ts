import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Whole or not at all, also after a power cut. */
export const writeAtomically = (path: string, data: string | Buffer): void => {
  const staged = `${path}.${randomUUID()}`;
  try {
    writeFileSync(staged, data);
    const fd = openSync(staged, 'r+');
    fsyncSync(fd);
    closeSync(fd);
    renameSync(staged, path);
  } finally {
    rmSync(staged, { force: true });
  }
};
