/** A machine with Node, npm and the shell that npm starts its scripts with, and nothing else on PATH. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

const onPath = (name: string): string => realpathSync(execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim());

/** How this machine reaches npm's registry. */
const networkEnv = (): Record<string, string> => {
  const isNetwork = (name: string): boolean =>
    /^(node_extra_ca_certs|ssl_cert_\w+|(https?|no)_proxy|npm_config_\w*(proxy|ca|cafile|registry))$/i.test(name);
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => isNetwork(entry[0]) && entry[1] !== undefined);
  return {
    ...Object.fromEntries(entries),
    npm_config_userconfig: execFileSync('npm', ['config', 'get', 'userconfig'], { encoding: 'utf8' }).trim(),
  };
};

export interface BareMachine {
  folder: string;
  env: Record<string, string>;
  remove(): void;
}

/** @param node the Node that is on its PATH */
export const bareMachine = (node: string = process.execPath): BareMachine => {
  const folder = mkdtempSync(join(tmpdir(), 'sam2-bare-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(node, join(bin, 'node'));
  for (const name of ['npm', 'npx', 'sh', 'env']) symlinkSync(onPath(name), join(bin, name));
  // What npm has fetched before need not be fetched again; what npx installs is this machine's own.
  const cache = join(execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim(), '_cacache');
  mkdirSync(join(folder, 'npm'));
  if (existsSync(cache)) symlinkSync(cache, join(folder, 'npm/_cacache'), 'dir');
  return {
    folder,
    env: {
      ...networkEnv(),
      PATH: bin,
      HOME: folder,
      SAM2_VIDEO_DATA: join(folder, 'data'),
      npm_config_cache: join(folder, 'npm'),
      npm_config_update_notifier: 'false',
      // What packages would download for themselves can't be reached.
      GLOBAL_AGENT_HTTPS_PROXY: 'http://127.0.0.1:9',
      FFMPEG_BINARIES_URL: 'http://127.0.0.1:9',
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

/** The repository's files as a fresh clone has them, with the packages of this one. */
export const cloneInto = (folder: string): string => {
  const clone = join(folder, 'clone');
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
  const isNeeded = (path: string): boolean => path !== '' && !/^(e2e|tests|docs|bench|models\/(training|parity))\//.test(path);
  for (const path of files.filter(isNeeded)) {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    cpSync(join(root, path), join(clone, path));
  }
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'), 'junction');
  return clone;
};
