/**
 * Brings ffmpeg to a machine where no package did and PATH has none: first ffmpeg-static's own download, then the
 * system's package manager, which runs only when somebody at a terminal says yes.
 */
import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { formatBytes } from '../../../shared/format-bytes.ts';
import { type InstallCommand, installCommand } from './install-command.ts';

export interface BringFfmpegOptions {
  /**
   * Asks the engine for its ffmpeg.
   * @throws AppError `ffmpeg-missing`, with `details.isChosen` when the user named another
   */
  look: () => Promise<string>;
  /** Called with one line whenever there is something new to say. */
  tell: (line: string) => void;
  /**
   * Asks whether to run a command of the system's package manager, and runs it.
   * @returns whether it ran and succeeded. Absent where nobody can be asked.
   */
  ask?: ((command: InstallCommand) => Promise<boolean>) | undefined;
  /** Stands in for ffmpeg-static's install script. */
  installer?: string | null | undefined;
  /** Stands in for process.env. */
  env?: NodeJS.ProcessEnv | undefined;
}

const tellEveryMs = 500;

const staticInstaller = (): string | null => {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('ffmpeg-static')), 'install.js');
  } catch {
    return null;
  }
};

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/**
 * Runs ffmpeg-static's install script, which honours its own variables and the proxy.
 * @returns whether it says that it succeeded
 */
const fetchStatic = (installer: string, tell: (line: string) => void): Promise<boolean> =>
  new Promise((done) => {
    const folder = dirname(installer);
    const program = join(folder, process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg');
    // Under Electron this program is Node only when it is told so.
    const env = { ...process.env, ...(process.versions.electron !== undefined && { ELECTRON_RUN_AS_NODE: '1' }) };
    const child = spawn(process.execPath, [installer], { cwd: folder, env, stdio: 'ignore', windowsHide: true });
    const timer = setInterval(async () => {
      const bytes = await sizeOf(program);
      if (bytes > 0) tell(`Fetching ffmpeg (once): ${formatBytes(bytes)} so far.`);
    }, tellEveryMs);
    const end = (isDone: boolean): void => {
      clearInterval(timer);
      done(isDone);
    };
    child.once('error', () => end(false));
    child.once('exit', (code) => end(code === 0));
  });

/**
 * The ffmpeg to use, fetched or installed when there is none.
 * @throws AppError `ffmpeg-missing` with what the user can do, when nothing helped or the user's own choice does not
 *   work
 */
export const bringFfmpeg = async ({
  look,
  tell,
  ask,
  installer = staticInstaller(),
  env = process.env,
}: BringFfmpegOptions): Promise<string> => {
  let missing: AppError;
  try {
    return await look();
  } catch (error) {
    missing = AppError.from(error);
  }
  if (missing.code !== 'ffmpeg-missing' || missing.details?.isChosen === true) throw missing;
  if (installer !== null) {
    tell('Fetching ffmpeg (once).');
    if (await fetchStatic(installer, tell)) {
      const found = await look().catch(() => null);
      if (found !== null) return found;
    }
  }
  const command = await installCommand(process.platform, env);
  if (command !== null && ask !== undefined) {
    tell(`ffmpeg is missing. Answer in the terminal whether "${command.text}" may install it.`);
    if (await ask(command)) return look();
  }
  throw missing;
};
