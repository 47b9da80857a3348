/** A small picture of a file that is not open. */
import { AppError } from '../../../shared/errors.ts';
import { inputArgs, spawnFfmpeg } from './ffmpeg-process.ts';

const mostMs = 10_000;

/**
 * The first key frame of a video, or a picture, as a JPEG that fits into `width` x `height` px.
 * @throws AppError `source-unreadable` when there is no picture in it, or it takes too long
 */
export const thumbnailOf = async (ffmpeg: string, path: string, width: number, height: number): Promise<Uint8Array> => {
  const signal = AbortSignal.timeout(mostMs);
  const filter = `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2,format=yuvj420p`;
  const args = [...inputArgs(path, ['-skip_frame', 'nokey']), '-map', '0:V:0', '-frames:v', '1', '-vf', filter];
  const child = spawnFfmpeg(ffmpeg, { args: [...args, '-threads', '1', '-f', 'mjpeg', 'pipe:1'], signal });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  const { code } = await child.exit;
  const jpeg = Buffer.concat(parts);
  if (code !== 0 || jpeg.length === 0) throw new AppError('source-unreadable', `No picture can be made of ${path}.`);
  return new Uint8Array(jpeg);
};
