/** A folder of numbered pictures as a clip: their order, and that they fit together. */
import { createReadStream } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { imageSize } from './image-size.ts';

export interface ImageFolder {
  /** In the order of their names, numbers counted as numbers. */
  paths: string[];
  kind: 'png' | 'mjpeg';
  width: number;
  height: number;
}

/** Where a JPEG says how large it is, thumbnails and profiles before it. */
const headBytes = 256 * 1024;

const headOf = async (path: string): Promise<Buffer> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** @throws AppError `source-empty` without pictures, `source-unreadable` when one is damaged or does not fit */
export const readImageFolder = async (folder: string): Promise<ImageFolder> => {
  const names = (await readdir(folder)).filter((name) => /\.(jpe?g|png)$/i.test(name) && !name.startsWith('.'));
  names.sort(new Intl.Collator('en', { numeric: true }).compare);
  if (names.length === 0) throw new AppError('source-empty', `${folder} holds no pictures. Choose a folder of numbered JPEG or PNG files.`);
  const paths = names.map((name) => join(folder, name));
  let first: Omit<ImageFolder, 'paths'> | null = null;
  for (const path of paths) {
    const size = imageSize(await headOf(path));
    if (!size)
      throw new AppError('source-unreadable', `${path} is not a complete JPEG or PNG picture. Remove it from the folder or replace it.`);
    first ??= size;
    if (size.kind !== first.kind || size.width !== first.width || size.height !== first.height)
      throw new AppError(
        'source-unreadable',
        `${path} is a ${size.kind === 'png' ? 'PNG' : 'JPEG'} of ${size.width} x ${size.height} px, and the first picture a ${first.kind === 'png' ? 'PNG' : 'JPEG'} of ${first.width} x ${first.height}. All frames of a clip need the same format and size.`,
      );
  }
  return { paths, ...first! };
};

/** The files' bytes one after the other. @param onFile told how many are through */
export async function* bytesOf(paths: readonly string[], onFile: (done: number) => void): AsyncGenerator<Buffer> {
  for (const [i, path] of paths.entries()) {
    for await (const chunk of createReadStream(path)) yield chunk as Buffer;
    onFile(i + 1);
  }
}
