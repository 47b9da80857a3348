/** The file beside a part file that says which file its bytes are of. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { fileError } from './disk.ts';

const partNoteSchema = z.object({
  url: z.string(),
  /** For If-Range; null when the server gave none. */
  validator: z.string().nullable(),
});
export type PartNote = z.infer<typeof partNoteSchema>;

export const notePath = (partPath: string): string => `${partPath}.json`;

/** null where there is none or it can't be read: then nothing is known of the part. */
export const readPartNote = async (partPath: string): Promise<PartNote | null> => {
  try {
    return partNoteSchema.parse(JSON.parse(await readFile(notePath(partPath), 'utf8')));
  } catch {
    return null;
  }
};

export const writePartNote = async (partPath: string, note: PartNote): Promise<void> => {
  try {
    await writeFile(notePath(partPath), JSON.stringify(note));
  } catch (error) {
    throw fileError(error, partPath);
  }
};

/** Removes a part and its note. */
export const dropPart = async (partPath: string): Promise<void> => {
  await rm(partPath, { force: true });
  await rm(notePath(partPath), { force: true });
};
