/**
 * Which ffmpeg to run, and what that one can do. ffprobe is never needed: ffmpeg-static brings none.
 */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { ffmpegMissing, runFfmpeg } from './ffmpeg-process.ts';

export interface FindFfmpegOptions {
  /** The user's setting: a path that, when given, must work (no silent fallback to another binary). */
  setting?: string | null | undefined;
  /** Stands in for process.env. */
  env?: Record<string, string | undefined>;
  /** Stands in for ffmpeg-static's answer. */
  bundled?: () => Promise<string | null>;
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** ffmpeg-static names a file even where its download was skipped, so only an existing file counts. */
const bundledFfmpeg = async (): Promise<string | null> => {
  try {
    const loaded: unknown = await import('ffmpeg-static');
    const path = (loaded as { default?: unknown }).default;
    return typeof path === 'string' ? path : null;
  } catch {
    return null;
  }
};

const onPath = async (env: Record<string, string | undefined>): Promise<string[]> => {
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => folder !== '');
  const found: string[] = [];
  for (const folder of folders) if (await isExecutable(join(folder, name))) found.push(join(folder, name));
  return found;
};

/** "5.1.9" -> [5, 1]; null for git snapshots ("N-12345-g..."), which are taken to be new. */
export const parseFfmpegVersion = (line: string): [number, number] | null => {
  const match = /^ffmpeg version n?(\d+)\.(\d+)/.exec(line);
  return match === null ? null : [Number(match[1]), Number(match[2])];
};

const versionLines = new Map<string, Promise<string | null>>();

/** The first line of `ffmpeg -version`, or null when that path runs no ffmpeg. Asked once per path. */
const versionLine = (path: string): Promise<string | null> => {
  const known = versionLines.get(path);
  if (known !== undefined) return known;
  const asked = (async (): Promise<string | null> => {
    let first: string | null = null;
    try {
      const { code } = await runFfmpeg(path, ['-version'], {
        onLine: (line) => {
          first ??= line;
        },
      });
      return code === 0 && first !== null && /^ffmpeg version/.test(first) ? first : null;
    } catch {
      return null;
    }
  })();
  versionLines.set(path, asked);
  // A failure is not kept: the user may install ffmpeg while the app runs.
  void asked.then((line) => {
    if (line === null) versionLines.delete(path);
  });
  return asked;
};

/** The ffmpeg to use: the setting, FFMPEG_PATH, ffmpeg-static's file, PATH; each is tried by running it. */
export const findFfmpeg = async (options: FindFfmpegOptions = {}): Promise<string> => {
  const env = options.env ?? process.env;
  const chosen = options.setting?.trim() ?? '';
  if (chosen !== '') {
    if ((await versionLine(chosen)) !== null) return chosen;
    throw ffmpegMissing(`the setting names ${chosen}`);
  }
  const fromEnvironment = env.FFMPEG_PATH?.trim() ?? '';
  if (fromEnvironment !== '') {
    if ((await versionLine(fromEnvironment)) !== null) return fromEnvironment;
    throw ffmpegMissing(`FFMPEG_PATH names ${fromEnvironment}`);
  }
  const bundled = await (options.bundled ?? bundledFfmpeg)();
  if (bundled !== null && (await isExecutable(bundled)) && (await versionLine(bundled)) !== null) return bundled;
  for (const path of await onPath(env)) if ((await versionLine(path)) !== null) return path;
  throw ffmpegMissing('not found on PATH');
};

/** Output arguments that neither duplicate nor drop a frame; the option's name changed in ffmpeg 5.1. */
export const passthroughArgs = async (ffmpeg: string): Promise<string[]> => {
  const line = await versionLine(ffmpeg);
  if (line === null) throw ffmpegMissing(ffmpeg);
  const version = parseFfmpegVersion(line);
  const isOld = version !== null && (version[0] < 5 || (version[0] === 5 && version[1] < 1));
  return isOld ? ['-vsync', 'passthrough'] : ['-fps_mode', 'passthrough'];
};

const encoderLists = new Map<string, Promise<Set<string>>>();

/** Names of the encoders this ffmpeg was built with. */
export const listEncoders = (ffmpeg: string): Promise<Set<string>> => {
  const known = encoderLists.get(ffmpeg);
  if (known !== undefined) return known;
  const asked = (async (): Promise<Set<string>> => {
    const names = new Set<string>();
    const { code, stderr } = await runFfmpeg(ffmpeg, ['-encoders'], {
      onLine: (line) => {
        const match = /^ [VAS][A-Z.]{5} (\S+)/.exec(line);
        if (match?.[1] !== undefined && match[1] !== '=') names.add(match[1]);
      },
    });
    if (code !== 0) throw new AppError('encode-failed', `ffmpeg could not list its encoders: ${stderr.lastError()}`);
    return names;
  })();
  encoderLists.set(ffmpeg, asked);
  asked.catch(() => encoderLists.delete(ffmpeg));
  return asked;
};
