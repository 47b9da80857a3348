/** A frame of a recording that is not whole yet, as the model sees it: for prompts whose moment has left the ring. */
import { open } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import type { Deinterlace } from '../../../shared/footage.ts';
import { listDecoded } from '../media/decoded-frames.ts';
import { inputArgs, spawnFfmpeg } from '../media/ffmpeg-process.ts';
import { FramePipe } from '../media/frame-pipe.ts';
import { largestTrackOf } from '../media/matroska-tracks.ts';
import { frameFilters, pictureOf, rgbFilter, workOn } from '../media/picture-form.ts';

/** More than any header takes. */
const mostHeader = 2 ** 20;

const beginningOf = async (path: string): Promise<Buffer> => {
  const file = await open(path);
  try {
    const head = Buffer.alloc(mostHeader);
    const { bytesRead } = await file.read(head, 0, mostHeader, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/**
 * @param deinterlace as the live picture is
 * @param ptsMs its time stamp in the file, ms
 * @returns [S, S, 3]
 * @throws AppError `decode-failed` when the file does not hold it (any more)
 */
export const recordedModelFrame = async (
  ffmpeg: string,
  path: string,
  ptsMs: number,
  size: number,
  deinterlace?: Deinterlace,
): Promise<Uint8Array> => {
  const stream = largestTrackOf(await beginningOf(path));
  const { facts } = await listDecoded({ ffmpeg, path, stream, timeBase: { num: 1, den: 1000 }, most: 1 });
  const missing = (): AppError =>
    new AppError('decode-failed', 'That moment of the live recording could not be read. Click the object on the current picture.');
  if (!facts) throw missing();
  const picture = pictureOf({ codec: '', ...facts }, facts, await workOn(facts, ffmpeg, deinterlace));
  const fields = frameFilters(picture);
  // The key frame before it may be far; where a seek lands too late, all of it is read.
  for (const margin of [2, 12, null]) {
    const seekSec = margin === null ? 0 : ptsMs / 1000 - margin;
    const child = spawnFfmpeg(ffmpeg, {
      args: [
        ...inputArgs(path, seekSec > 0 ? ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', seekSec.toFixed(3)] : []),
        ...['-copyts', '-filter_complex'],
        `[0:V:${stream}]${fields && `${fields},`}settb=1/1000,trim=start_pts=${ptsMs}:end_pts=${ptsMs + 1},${rgbFilter(picture, { width: size, height: size })}[m]`,
        ...['-map', '[m]', '-frames:v', '1', '-c:v', 'rawvideo', '-f', 'rawvideo', 'pipe:1'],
      ],
    });
    const pipe = new FramePipe(child.stdout, size * size * 3, 1);
    const image = await pipe.next();
    child.kill();
    await child.exit;
    if (image) return image;
  }
  throw missing();
};
