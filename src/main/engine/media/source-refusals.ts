/** Why a file can't be opened as a video, in the user's words. */
import { open, stat } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import { inputArgs, runFfmpeg } from './ffmpeg-process.ts';
import type { StderrLog } from './stderr-log.ts';
import { containerOf, FrameCrcReader } from './stream-info.ts';

/**
 * A name whose bytes are not UTF-8 (from old cameras, archives and network drives) reaches the app with marks in their
 * place.
 */
export const unreadableName = (path: string): AppError =>
  new AppError(
    'source-unreadable',
    `The name ${path} can't be read: it is not in UTF-8 (each unknown letter shows as \uFFFD). Rename the file in your file manager, then open it again.`,
    { details: { path } },
  );

/** Reports what needs no ffmpeg to see. @returns the file's length */
export const checkFile = async (path: string): Promise<number> => {
  let size: number;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new AppError('source-unreadable', `${path} is not a file. Choose a video file.`, { details: { path } });
    size = found.size;
    await (await open(path, 'r')).close();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    // What stands for bytes that are no text.
    if (code === 'ENOENT' && path.includes('\uFFFD')) throw unreadableName(path);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new AppError('source-missing', `There is no file ${path}. Check the path, or open another video.`, {
        cause: error,
        details: { path },
      });
    throw new AppError('source-unreadable', `${path} could not be opened (${code ?? 'unknown reason'}). Check its permissions.`, {
      cause: error,
      details: { path },
    });
  }
  if (size === 0) throw new AppError('source-empty', `${path} is empty (0 bytes). Copy or record it again.`, { details: { path } });
  return size;
};

/** Whether the first box is one that MP4 and MOV begin with: anything can be called .mp4. */
const beginsAsMp4 = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return bytesRead === 8 && ['ftyp', 'mdat', 'wide', 'free', 'skip'].includes(buffer.toString('latin1', 4, 8));
  } finally {
    await file.close();
  }
};

/** Whether ffmpeg knows the container, and whether there is sound in it. */
const whatIsThere = async (path: string, ffmpeg: string): Promise<{ container: string; hasSound: boolean }> => {
  const reader = new FrameCrcReader();
  const args = [...inputArgs(path), '-map', '0:a:0', '-c', 'copy', '-frames:a', '1', '-f', 'framecrc', 'pipe:1'];
  const { stderr } = await runFfmpeg(ffmpeg, args, { onLine: (line) => void reader.read(line) });
  return { container: containerOf(stderr), hasSound: reader.streams.length > 0 };
};

/**
 * Why a file gave no frames.
 * @param codec of the video stream that is there, or null
 */
export const explainNothing = async (path: string, ffmpeg: string, stderr: StderrLog, codec: string | null): Promise<AppError> => {
  const details = { path, ffmpeg: stderr.lastError() };
  if (stderr.has(/moov atom not found/) && (await beginsAsMp4(path)))
    return new AppError(
      'source-truncated',
      `${path} is incomplete: its table of contents (the moov atom, at the end of the file) is missing, so its frames can't be found. Copy or download it again.`,
      { details },
    );
  const refused = stderr.tail
    .map((line) => /^\[(\S+) @ \S+\] .*Format not on whitelist/.exec(line)?.[1])
    .find((name) => name !== undefined);
  if (refused !== undefined)
    return new AppError('source-unreadable', `${path} is not a video file (${refused}). Choose another, or convert it to MP4.`, {
      details,
    });
  const { container, hasSound } = codec === null ? await whatIsThere(path, ffmpeg) : { container: '', hasSound: false };
  if (stderr.has(/matches no streams/) || container !== '')
    return new AppError('source-no-video', `${path} holds no video stream${hasSound ? ', only sound' : ''}. Choose a file with video.`, {
      details,
    });
  if (codec !== null && stderr.damage !== null)
    return new AppError('source-truncated', `${path} ends before its first frame. Copy or download it again.`, { details });
  if (codec !== null)
    return new AppError(
      'source-no-video',
      `${path} names a video stream (${codec}) but no frame of it can be decoded: ${stderr.lastError()}. Convert it to MP4 or choose another file.`,
      { details },
    );
  return new AppError(
    'source-unreadable',
    `${path} is not a video that ffmpeg can read: ${stderr.lastError()}. Convert it to MP4 or choose another file.`,
    { details },
  );
};
