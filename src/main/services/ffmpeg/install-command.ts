/** The command with which this system's package manager installs ffmpeg. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface InstallCommand {
  program: string;
  args: readonly string[];
  /** As somebody would type it. */
  text: string;
}

/** Package managers by platform, in the order in which they are looked for. */
const managers: Readonly<Record<string, readonly (readonly [string, ...string[]])[]>> = {
  darwin: [['brew', 'install', 'ffmpeg']],
  win32: [['winget', 'install', '--exact', '--id', 'Gyan.FFmpeg']],
  linux: [
    ['apt-get', 'install', '--yes', 'ffmpeg'],
    ['dnf', 'install', '--assumeyes', 'ffmpeg-free'],
    ['pacman', '--sync', '--noconfirm', 'ffmpeg'],
    ['zypper', '--non-interactive', 'install', 'ffmpeg'],
    ['apk', 'add', 'ffmpeg'],
  ],
};

const isOnPath = async (name: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Promise<boolean> => {
  const file = platform === 'win32' ? `${name}.exe` : name;
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const isThere = await access(join(folder, file), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
  }
  return false;
};

/**
 * @param isRoot whether the system's packages may be changed without `sudo`
 * @returns null where no known package manager is on PATH, or none that this user may use
 */
export const installCommand = async (
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
  isRoot: boolean = process.getuid?.() === 0,
): Promise<InstallCommand | null> => {
  for (const [program, ...args] of managers[platform] ?? []) {
    if (!(await isOnPath(program, env, platform))) continue;
    const needsSudo = platform === 'linux' && !isRoot;
    if (needsSudo && !(await isOnPath('sudo', env, platform))) return null;
    const words = [...(needsSudo ? ['sudo'] : []), program, ...args];
    return { program: words[0]!, args: words.slice(1), text: words.join(' ') };
  }
  return null;
};
