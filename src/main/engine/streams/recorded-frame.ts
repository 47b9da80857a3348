/** A frame of a recording that is not whole yet, as the model sees it: for prompts whose moment has left the ring. */
import { AppError } from '../../../shared/errors.ts';

import { listDecoded } from '../media/decoded-frames.ts';
import { inputArgs, spawnFfmpeg } from '../media/ffmpeg-process.ts';
import { FramePipe } from '../media/frame-pipe.ts';
import { pictureOf, rgbFilter } from '../media/picture-form.ts';

/**
 * @param ptsMs its time stamp in the file, ms
 * @returns [S, S, 3]
 * @throws AppError `decode-failed` when the file does not hold it (any more)
 */
export const recordedModelFrame = async (ffmpeg: string, path: string, ptsMs: number, size: number): Promise<Uint8Array> => {
  const { facts } = await listDecoded({ ffmpeg, path, stream: 0, timeBase: { num: 1, den: 1000 }, most: 1 });
  const missing = (): AppError =>
    new AppError('decode-failed', 'That moment of the live recording could not be read. Click the object on the current picture.');
  if (!facts) throw missing();
  // The key frame before it may be far; where a seek lands too late, all of it is read.
  for (const margin of [2, 12, null]) {
    const seekSec = margin === null ? 0 : ptsMs / 1000 - margin;
    const child = spawnFfmpeg(ffmpeg, {
      args: [
        ...inputArgs(path, seekSec > 0 ? ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', seekSec.toFixed(3)] : []),
        ...['-copyts', '-filter_complex'],
        `[0:V:0]settb=1/1000,trim=start_pts=${ptsMs}:end_pts=${ptsMs + 1},${rgbFilter(pictureOf({ codec: '', ...facts }, facts), { width: size, height: size })}[m]`,
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
