/** The folders of the machine that runs the app, as a window without the system's dialog shows them. */
import { z } from 'zod';

/** Most entries that are told of one folder. */
export const mostListed = 2000;

const fileEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'project', 'video', 'picture']),
  /** Of a file; 0 of a folder. */
  bytes: z.number().nonnegative(),
  /** ms since 1970. */
  modifiedAt: z.number(),
});
export type FileEntry = z.infer<typeof fileEntrySchema>;

export const folderListingSchema = z.object({
  /** null: the folders to start from, which are then the entries. */
  folder: z.string().nullable(),
  /** The folder above, where it may be opened; null: the folders to start from. */
  parent: z.string().nullable(),
  /** Folders first, then files, both by name. */
  entries: z.array(fileEntrySchema).max(mostListed),
  /** Whether there are more entries than are told. */
  isCut: z.boolean(),
});
export type FolderListing = z.infer<typeof folderListingSchema>;
