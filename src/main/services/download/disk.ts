/** The file operations of a download that a full disk can fail, so that tests can fill it. */
import { mkdir, open, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../../shared/errors.ts';

/** A file that grows at its end. */
export interface PartFile {
  readonly size: number;
  append(data: Uint8Array): Promise<void>;
  /** Forgets what is there. */
  clear(): Promise<void>;
  /** Forces it to the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Disk {
  /** Bytes this user may still write where `folder` is. */
  freeBytes(folder: string): Promise<number>;
  /** Opens a file for appending; it is made if it is not there. */
  openPart(path: string): Promise<PartFile>;
}

export const systemDisk: Disk = {
  freeBytes: async (folder) => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
  openPart: async (path) => {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a');
    let size = (await file.stat()).size;
    return {
      get size() {
        return size;
      },
      append: async (data) => {
        for (let done = 0; done < data.length; ) {
          const { bytesWritten } = await file.write(data, done);
          done += bytesWritten;
          size += bytesWritten;
        }
      },
      clear: async () => {
        await file.truncate(0);
        size = 0;
      },
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
};

/** Forces a rename to the disk; Windows has no such thing. */
export const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

/** @throws AppError `disk-full` before a write that can't fit */
export const requireSpace = async (disk: Disk, folder: string, bytes: number): Promise<void> => {
  const free = await disk.freeBytes(folder);
  if (free >= bytes) return;
  throw new AppError(
    'disk-full',
    `${megabytes(bytes)} are needed in ${folder}, and ${megabytes(free)} are free. Free some space and try again.`,
    { details: { folder, bytes, free } },
  );
};

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A failed file operation as a typed error: `disk-full`, or `output-unwritable` with the system's code. */
export const fileError = (error: unknown, path: string): AppError => {
  if (error instanceof AppError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  if (full.has(code)) {
    return new AppError(
      'disk-full',
      `The disk is full: ${path} could not be written further. The part downloaded so far is kept. Free some space and resume.`,
      {
        cause: error,
        details: { path },
      },
    );
  }
  return new AppError('output-unwritable', `${path} can't be written (${code}). Check the folder's permissions and the disk.`, {
    cause: error,
    details: { path },
  });
};
