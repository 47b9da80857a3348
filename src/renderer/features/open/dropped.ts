/** What was dropped on the window. Pure. */

/** The parts of a DataTransfer that tell. */
export interface Dropped {
  readonly files: ArrayLike<File>;
  readonly items: ArrayLike<{ webkitGetAsEntry?(): { isDirectory: boolean } | null }>;
}

export interface DroppedFile {
  file: File;
  isFolder: boolean;
}

/** The files to open, in their order; none when something else was dropped. */
export const droppedFiles = ({ files, items }: Dropped): DroppedFile[] =>
  Array.from(files, (file, at) => ({ file, isFolder: items[at]?.webkitGetAsEntry?.()?.isDirectory ?? false }));
