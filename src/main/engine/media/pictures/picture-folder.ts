/** A folder of numbered pictures as a clip: their order, that they fit together, and each as one frame of a movie. */
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import type { FrameRate } from '../../../../shared/frame-rate.ts';
import { cancelled } from '../ffmpeg-process.ts';
import { unreadableName } from '../source-refusals.ts';
import { convertPicture } from './convert-picture.ts';
import { firstJpeg, type PictureHead, pictureNames, readKinds, readPictureHead } from './picture-head.ts';
import { PictureMovie } from './picture-movie.ts';

interface PictureFile extends PictureHead {
  name: string;
  path: string;
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

/** What begins otherwise is none of these. */
const knownByTheirBytes = /\.(jpe?g|png|bmp|tiff?|webp|gif|avif|hei[cf])$/i;

const sizeText = ({ width, height }: { width: number; height: number }): string => `${width} x ${height} px`;

const unreadable = (path: string, cause: unknown): AppError =>
  new AppError(
    'source-unreadable',
    `${path} could not be opened (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}). Check its permissions.`,
    {
      cause,
      details: { path },
    },
  );

const misfit = (
  { path }: PictureFile,
  size: { width: number; height: number },
  first: { path: string; size: { width: number; height: number } },
): AppError =>
  new AppError(
    'source-unreadable',
    `${path} shows ${sizeText(size)} when it is held upright, and the first picture ${first.path} ${sizeText(first.size)}. All frames of a clip have one size.`,
    { details: { path } },
  );

/** What is there instead, by the ends of the names, the most frequent first: "12 .cr2, 1 .txt". */
const whatIsThere = (names: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const name of names) {
    const end = extname(name).toLowerCase() || 'without an ending';
    counts.set(end, (counts.get(end) ?? 0) + 1);
  }
  const listed = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 4);
  return listed.map(([end, count]) => `${count} ${end}`).join(', ');
};

/**
 * The pictures of a folder in the order of their names, numbers counted as numbers.
 * @throws AppError `source-empty` without pictures, `source-unreadable` when one is damaged or has another size
 */
const listPictures = async (folder: string): Promise<PictureFile[]> => {
  const all = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  const names = all.filter((name) => pictureNames.test(name));
  if (names.length === 0)
    throw new AppError(
      'source-empty',
      `${folder} holds no pictures that are read${all.length > 0 ? `: there is ${whatIsThere(all)}` : ''}. A folder of frames holds numbered pictures: ${readKinds}.`,
    );
  names.sort(new Intl.Collator('en', { numeric: true }).compare);
  const pictures: PictureFile[] = [];
  let first: { path: string; size: { width: number; height: number } } | null = null;
  for (const name of names) {
    const path = join(folder, name);
    const head = readPictureHead(
      await headOf(path).catch((error: unknown) => {
        throw name.includes('\uFFFD') ? unreadableName(path) : unreadable(path, error);
      }),
    );
    if (!head || (head.kind === 'other' && knownByTheirBytes.test(name)))
      throw new AppError('source-unreadable', `${path} is no whole picture. Take it out of the folder, or replace it.`);
    const picture = { ...head, name, path };
    if (head.size) {
      first ??= { path, size: head.size };
      if (head.size.width !== first.size.width || head.size.height !== first.size.height) throw misfit(picture, head.size, first);
    }
    pictures.push(picture);
  }
  return pictures;
};

export interface PictureClipOptions {
  ffmpeg: string;
  rate: FrameRate;
  signal: AbortSignal;
  /** Told how many pictures are in. */
  onPicture: (done: number, total: number) => void;
}

/** Pictures that are converted at a time: each is a process. */
const atOnce = 2;

/**
 * Makes a clip of a folder. JPEG and PNG are kept as they are; other kinds, and folders that mix them, become PNG,
 * which loses nothing.
 * @param output a file that is not there yet
 * @throws AppError as {@link listPictures}, `cancelled`
 */
export const writePictureClip = async (folder: string, output: string, options: PictureClipOptions): Promise<void> => {
  const { ffmpeg, rate, signal, onPicture } = options;
  const pictures = await listPictures(folder);
  const kind = pictures.every((picture) => picture.kind === 'jpeg') ? 'jpeg' : 'png';
  const movie = await PictureMovie.create(output);
  let first: { path: string; size: { width: number; height: number } } | null = null;
  try {
    const read = async (picture: PictureFile): Promise<{ bytes: Buffer; size: { width: number; height: number } }> => {
      // PNGs that say how to turn them are turned here, since not every ffmpeg does.
      if (picture.kind !== kind || (kind === 'png' && picture.orientation !== 1)) return convertPicture(picture, ffmpeg, signal);
      const bytes = await readFile(picture.path);
      return { bytes: kind === 'jpeg' ? firstJpeg(bytes) : bytes, size: picture.size! };
    };
    for (let i = 0; i < pictures.length; i += atOnce) {
      const some = pictures.slice(i, i + atOnce);
      const parts = await Promise.all(some.map(read));
      for (const [k, { bytes, size }] of parts.entries()) {
        if (signal.aborted) throw cancelled();
        first ??= { path: some[k]!.path, size };
        if (size.width !== first.size.width || size.height !== first.size.height) throw misfit(some[k]!, size, first);
        await movie.add(bytes);
        onPicture(i + k + 1, pictures.length);
      }
    }
    await movie.finish({ kind, ...first!.size, rate }, { folder, rate, names: pictures.map(({ name }) => name) });
  } catch (error) {
    await movie.abort();
    await rm(output, { force: true });
    throw error;
  }
};
