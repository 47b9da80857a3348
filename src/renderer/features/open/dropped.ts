/** What was dropped on the window. Pure. */

/** The parts of a DataTransfer that tell. */
export interface Dropped {
  readonly files: ArrayLike<File>;
  readonly items: ArrayLike<{ webkitGetAsEntry?(): { isDirectory: boolean } | null }>;
}

/** The file to open, how many others there were, and whether it is a folder; null when no file was dropped. */
export const droppedFile = ({ files, items }: Dropped): { file: File; others: number; isFolder: boolean } | null => {
  const file = files[0];
  if (!file) return null;
  return { file, others: files.length - 1, isFolder: items[0]?.webkitGetAsEntry?.()?.isDirectory ?? false };
};
