/** What sound a file has. */
import { inputArgs, runFfmpeg } from './ffmpeg-process.ts';
import { FrameCrcReader } from './stream-info.ts';

/** Codec of the first stream of sound, by ffmpeg's name, or null. */
export const soundCodecOf = async (path: string, ffmpeg: string, signal?: AbortSignal): Promise<string | null> => {
  const reader = new FrameCrcReader();
  const args = [...inputArgs(path), '-map', '0:a:0', '-c', 'copy', '-frames:a', '1', '-f', 'framecrc', 'pipe:1'];
  await runFfmpeg(ffmpeg, args, { signal, onLine: (line) => void reader.read(line) });
  return reader.streams[0]?.codec ?? null;
};
