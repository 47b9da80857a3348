/**
 * One ffmpeg child process: argv array (never a shell), an environment without the parent's secrets, stderr kept as a
 * bounded tail of lines, killed at once by its AbortSignal. Everything this folder runs goes through here.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { AppError } from '../../../shared/errors.ts';
import { StderrLog } from './stderr-log.ts';
import { eachLine } from './text-lines.ts';

/** The level prefix lets a real error be told from chatter; `repeat` keeps one line one event. */
const commonArgs = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'repeat+level+info'];

/**
 * Demuxers of real video files. Playlists (hls, concat, ...) are absent on purpose: they open other files and hosts.
 */
export const demuxers =
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,flv,live_flv,asf,ogg,gif,apng,h264,hevc,vvc,av1,obu,ivf,nut,mxf,wtv,dv,' +
  'yuv4mpegpipe,rm,gxf,mjpeg,vc1,dhav,swf,nsv,film_cpk,avs,amv,smk,bink';

/** A path as ffmpeg must get it: the protocol named, so that neither a leading "-" nor a ":" can change its meaning. */
export const fileUrl = (path: string): string => `file:${resolve(path)}`;

/** Arguments that open a user's file as input, and nothing but that file. `before` holds input options such as -ss. */
export const inputArgs = (path: string, before: readonly string[] = []): string[] => [
  '-protocol_whitelist',
  'file,pipe',
  '-format_whitelist',
  demuxers,
  ...before,
  '-i',
  fileUrl(path),
];

const passedVariables = [
  'PATH',
  'Path',
  'HOME',
  'USERPROFILE',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
];

const childEnvironment = (): NodeJS.ProcessEnv => {
  const environment: NodeJS.ProcessEnv = { LC_ALL: 'C', AV_LOG_FORCE_NOCOLOR: '1' };
  for (const name of passedVariables) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
};

/**
 * For a child that {@link interrupt} ends: ffmpeg 7.0 looks at signals only where it may look at its standard input.
 * That is empty, unless it is an input itself.
 */
export const interruptible: readonly string[] = ['-stdin'];

/**
 * Has ffmpeg write what it holds, and end. A second call has it give up reading and writing at once.
 * @returns false where the system has no such signal: the child is killed then, and its file has no end
 */
export const interrupt = (child: FfmpegChild): boolean => {
  try {
    if (child.pid !== undefined && process.platform !== 'win32') return process.kill(child.pid, 'SIGINT');
  } catch {
    return true; // It is gone already.
  }
  child.kill();
  return false;
};

export interface FfmpegExit {
  /** Exit status, or null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface FfmpegChild {
  pid: number | undefined;
  /** The child's stdin; null when it was not asked for. */
  stdin: Writable | null;
  /** pipe:1. */
  stdout: Readable;
  /** pipe:3, pipe:4, ... in order. */
  pipes: Readable[];
  /** Resolves when the child is gone; rejects with `ffmpeg-missing` when it never started. */
  exit: Promise<FfmpegExit>;
  /** The last lines of stderr, oldest first. */
  stderr: StderrLog;
  /** Kills the child at once. Safe to call at any time. */
  kill: () => void;
}

export interface SpawnOptions {
  args: readonly string[];
  /** How many output pipes beside stdout (pipe:3 on). */
  extraPipes?: number;
  stdin?: boolean;
  signal?: AbortSignal | undefined;
  /** Told every line of stderr. */
  onLog?: ((line: string) => void) | undefined;
}

const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw cancelled();
};

export const cancelled = (): AppError => new AppError('cancelled', 'The work was cancelled.');

/** @param isChosen whether the user named this one, so that no other may take its place */
export const ffmpegMissing = (path: string, cause?: unknown, isChosen = false): AppError =>
  new AppError(
    'ffmpeg-missing',
    `ffmpeg could not be run (${path}), and without it no video can be read or written. Install it (Debian and Ubuntu: sudo apt-get install ffmpeg; macOS: brew install ffmpeg; Windows: winget install Gyan.FFmpeg), or set FFMPEG_PATH or the ffmpeg setting to its path.`,
    { cause, details: { path, isChosen } },
  );

/** Starts ffmpeg. The caller must read stdout and every extra pipe, or kill the child. */
export const spawnFfmpeg = (ffmpeg: string, options: SpawnOptions): FfmpegChild => {
  const { args, extraPipes = 0, stdin = false, signal } = options;
  throwIfAborted(signal);
  const stdio: ('ignore' | 'pipe')[] = [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'];
  for (let i = 0; i < extraPipes; i++) stdio.push('pipe');
  let child: ChildProcess;
  try {
    // A group of its own: Ctrl-C in a terminal is for the app, which then ends its children in order. A child outlives
    // a killed app by no more than its next write to a pipe that nobody reads.
    const detached = process.platform !== 'win32';
    child = spawn(ffmpeg, [...commonArgs, ...args], { stdio, env: childEnvironment(), windowsHide: true, shell: false, detached });
  } catch (error) {
    throw ffmpegMissing(ffmpeg, error);
  }
  const log = new StderrLog(options.onLog);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => log.push(text));

  const pipes: Readable[] = [];
  for (let i = 0; i < extraPipes; i++) pipes.push(child.stdio[3 + i] as Readable);

  const kill = (): void => {
    child.kill('SIGKILL');
    // Nobody may be reading these any more, and 'close' would wait for that.
    for (const stream of [child.stdin, child.stdout, ...pipes]) stream?.destroy();
  };
  signal?.addEventListener('abort', kill, { once: true });
  const exit = new Promise<FfmpegExit>((settle, reject) => {
    child.once('error', (error) => reject(ffmpegMissing(ffmpeg, error)));
    // 'close' and not 'exit': only then has everything it printed been read.
    child.once('close', (code, childSignal) => {
      log.end();
      settle({ code, signal: childSignal });
    });
  }).finally(() => signal?.removeEventListener('abort', kill));
  // The pipes' readers notice a failed start first; without this the rejection would count as unhandled meanwhile.
  exit.catch(() => {});

  // A killed child resets its pipes; that is told by `exit`, not by stream errors nobody listens to.
  for (const stream of [child.stdin, child.stdout, child.stderr, ...pipes]) stream?.on('error', () => {});
  return { pid: child.pid, stdin: child.stdin, stdout: child.stdout as Readable, pipes, exit, stderr: log, kill };
};

export interface RunOptions extends Pick<SpawnOptions, 'extraPipes' | 'signal' | 'onLog'> {
  /** Told each line of stdout. */
  onLine?: (line: string) => void;
  /** Told each line of the extra pipes. */
  onExtraLine?: (line: string) => void;
}

/** Runs ffmpeg to its end. Throws 'cancelled' when the signal ended it. */
export const runFfmpeg = async (
  ffmpeg: string,
  args: readonly string[],
  { onLine, onExtraLine, ...options }: RunOptions = {},
): Promise<FfmpegExit & { stderr: StderrLog }> => {
  const child = spawnFfmpeg(ffmpeg, { args, ...options });
  const rest = eachLine(child.stdout, (line) => onLine?.(line.trimEnd()));
  for (const pipe of child.pipes) eachLine(pipe, (line) => onExtraLine?.(line.trimEnd()));
  const exit = await child.exit;
  throwIfAborted(options.signal);
  if (rest() !== '') onLine?.(rest());
  return { ...exit, stderr: child.stderr };
};
