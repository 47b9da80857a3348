/** Scored runs on disk: what was measured once is not measured again while the order of the review list changes. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScoredRun } from './annotated.ts';

/** @param folder null = nothing is kept @param key names everything that the numbers depend on */
export const cachedRun = async (folder: string | null, key: readonly unknown[], run: () => Promise<ScoredRun>): Promise<ScoredRun> => {
  if (folder === null) return run();
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 24)}.json`);
  if (existsSync(path)) {
    const { perFrame, ...kept } = JSON.parse(readFileSync(path, 'utf8'));
    return { ...kept, perFrame: new Map(perFrame) };
  }
  const measured = await run();
  writeFileSync(path, JSON.stringify({ ...measured, perFrame: [...measured.perFrame] }));
  return measured;
};
