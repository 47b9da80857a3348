/** What an ffmpeg can do of what the app's users ask for. */
import type { FfmpegReport } from '../api/media.ts';
import { runFfmpeg } from './ffmpeg-process.ts';

/** What users open and write, by the names that ffmpeg lists it under; any of the names will do. */
const wanted = {
  decoders: { 'H.264': ['h264'], HEVC: ['hevc'], VP9: ['vp9', 'libvpx-vp9'], AV1: ['libdav1d', 'libaom-av1', 'av1'], ProRes: ['prores'] },
  encoders: { 'H.264': ['libx264', 'libopenh264', 'h264_videotoolbox', 'h264_mf', 'h264_nvenc', 'h264_qsv', 'h264_vaapi'], PNG: ['png'] },
  protocols: { https: ['https'], rtmp: ['rtmp'], srt: ['srt'] },
  demuxers: { rtsp: ['rtsp'], HLS: ['hls'] },
} as const;

/** Names in a list that ffmpeg prints, `column` words from the left. */
const listed = async (ffmpeg: string, list: string): Promise<Set<string>> => {
  const names = new Set<string>();
  const { code } = await runFfmpeg(ffmpeg, [`-${list}`], {
    onLine: (line) => {
      // " V....D h264  ...", " D  rtsp  ..." and, of protocols, "  https".
      const match = /^ +(?:[A-Z.]{1,6} +)?([\w-]+(?:,[\w-]+)*)/.exec(line);
      for (const name of match?.[1]?.split(',') ?? []) names.add(name);
    },
  });
  return code === 0 ? names : new Set();
};

export const inspectFfmpeg = async (path: string): Promise<FfmpegReport> => {
  let version = '';
  await runFfmpeg(path, ['-version'], {
    onLine: (line) => {
      version ||= /^ffmpeg version (\S+)/.exec(line)?.[1] ?? '';
    },
  });
  const lists = Object.entries(wanted).map(async ([list, things]) => {
    const names = await listed(path, list);
    const has = (known: readonly string[]): boolean => known.some((name) => names.has(name));
    return [list, Object.entries(things).map(([name, known]) => ({ name, isThere: has(known) }))] as const;
  });
  const found = Object.fromEntries(await Promise.all(lists)) as Record<keyof typeof wanted, FfmpegReport['reads']>;
  return { path, version, reads: found.decoders, writes: found.encoders, fetches: [...found.protocols, ...found.demuxers] };
};
