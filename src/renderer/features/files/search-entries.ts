/** Entries of a folder that hold every word of a search in their names. */
import type { FileEntry } from '../../../shared/files.ts';

const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

export const searchEntries = (entries: readonly FileEntry[], query: string): FileEntry[] => {
  const words = plain(query).split(/\s+/).filter(Boolean);
  return entries.filter(({ name }) => words.every((word) => plain(name).includes(word)));
};
