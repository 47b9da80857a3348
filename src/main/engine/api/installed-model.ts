/**
 * Where an installed checkpoint lies, and the record beside it. Services write both, the engine binds bundles to them.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { InstallableModel } from './installable-model.ts';

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The file beside an installed checkpoint. */
const installedRecordSchema = z.object({
  sha256,
  bytes: z.number().int().nonnegative(),
  /** The address it came from, or the path it was imported from. */
  source: z.string(),
  /** ISO 8601. */
  installedAt: z.string(),
  /**
   * What the sha256 was compared with: the published one, or nothing yet, so that it was recorded and is checked from
   * then on.
   */
  checked: z.enum(['published', 'recorded']),
});
export type InstalledRecord = z.infer<typeof installedRecordSchema>;

/** What a checkpoint turned out to be. */
export interface CheckedCheckpoint {
  sha256: string;
  bytes: number;
  isPublished: boolean;
}

export const installedFolder = (installedDir: string, model: Pick<InstallableModel, 'id'>): string => join(installedDir, model.id);

export const recordPath = (checkpointPath: string): string => `${checkpointPath}.json`;

/** null where there is none or it can't be read: then nothing is known of the file. */
export async function readRecord(checkpointPath: string): Promise<InstalledRecord | null> {
  return readJson(recordPath(checkpointPath), installedRecordSchema);
}

/** Whether a folder of this name is a bundle on its way to its place (model/installed/staged-folder.ts). */
export const isStagedFolder = (name: string): boolean => /^\.\d+\.[0-9a-f]{12}(\.former)?$/.test(name);

/** null where the file is missing or not of the schema. */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}
