// What a fresh clone needs before any task: Node 24 (Electron's own major), the npm packages, and for the tests
// ffmpeg and a browser. Runs on Node 20 with nothing installed, so it uses Node's own modules alone.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Whether this is a package that npm installed, with the app already built, and not a clone of the repository. */
export const isInstalled = !existsSync(join(root, 'package-lock.json'));
/** An installed package may lie where its user can't write. */
export const cacheDir = isInstalled ? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sam2-video') : join(root, '.cache');
const NODE_MAJOR = 24;
const NODE_VERSION = '24.21.0';

/** Ends the task with one readable message: what happened, and what to do. */
export class SetupError extends Error {}

const say = (text) => console.error(`sam2-video: ${text}`);

/** Command and first arguments that start npm: the one that started this, or the one on PATH. */
const npmCommand = () => {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js')) return [process.execPath, [cli]];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
};

const npmOptions = {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
  shell: process.platform === 'win32',
  // Where npm runs install scripts all the same, this one would fetch hundreds of megabytes, or fail the installation.
  env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
};

const npm = (args) => {
  const [command, first] = npmCommand();
  return spawnSync(command, [...first, ...args], npmOptions);
};

/** Packages that lie in node_modules now; nested ones are not counted. */
const installedPackages = () => {
  const folder = join(root, 'node_modules');
  if (!existsSync(folder)) return 0;
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  const inScope = (name) => (name.startsWith('@') ? readdirSync(join(folder, name)).length : 1);
  return names.reduce((sum, name) => sum + inScope(name), 0);
};

/** Runs npm with a line on the terminal that says how far it is. @returns its exit code */
const npmWithProgress = (args, what, total) =>
  new Promise((resolve) => {
    const [command, first] = npmCommand();
    const isTerminal = process.stderr.isTTY;
    if (!isTerminal) say(what);
    const show = () => process.stderr.write(`\r\x1b[Ksam2-video: ${what}: ${Math.min(installedPackages(), total)} of ${total}`);
    if (isTerminal) show();
    const timer = isTerminal ? setInterval(show, 300) : null;
    const child = spawn(command, [...first, ...args, '--no-progress'], npmOptions);
    const end = (code) => {
      if (timer) clearInterval(timer);
      if (isTerminal) process.stderr.write('\n');
      resolve(code);
    };
    child.once('error', () => end(1));
    child.once('exit', (code) => end(code ?? 1));
  });

/** Installs a package into a folder of its own. */
const installApart = (prefix, spec, ...more) => {
  mkdirSync(prefix, { recursive: true });
  writeFileSync(join(prefix, 'package.json'), '{"private":true}');
  npm(['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...more, spec]);
};

/** Path of a Node >= 24: this one, or the platform's npm package `node-<os>-<cpu>` under .cache. */
export const ensureNode = () => {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath;
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const pkg = `node-${os}-${process.arch}`;
  const prefix = join(cacheDir, `node-${NODE_VERSION}`);
  const binary = join(prefix, 'node_modules', pkg, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(binary)) {
    say(`Node ${process.versions.node} is older than ${NODE_MAJOR}: fetching ${pkg}@${NODE_VERSION} from npm`);
    installApart(prefix, `${pkg}@${NODE_VERSION}`);
  }
  if (!existsSync(binary)) {
    throw new SetupError(
      `Node ${NODE_MAJOR} is needed and ${pkg} could not be fetched from npm. Install Node ${NODE_MAJOR} (nodejs.org) and run this again.`,
    );
  }
  return binary;
};

/** Runs `npm ci` when node_modules does not match package-lock.json. */
export const ensureDependencies = async () => {
  if (isInstalled) return;
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = join(root, 'node_modules', '.sam2-video-lock');
  const hash = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  const total = Object.entries(JSON.parse(lock).packages).filter(
    ([path, entry]) => path.lastIndexOf('node_modules/') === 0 && !entry.os,
  ).length;
  const code = await npmWithProgress(['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'installing the npm packages (once)', total);
  if (code !== 0)
    throw new SetupError(
      'the npm packages could not be installed; the lines above say why. Check the network or proxy and run this again.',
    );
  writeFileSync(stamp, hash);
};

/**
 * What an installed package may lack: npm leaves onnxruntime-node out where that package's own download, which only
 * CUDA needs, fails. It is installed without that download, and linked where the app looks for it.
 */
export const ensureRuntime = () => {
  if (!isInstalled) return;
  try {
    createRequire(import.meta.url).resolve('onnxruntime-node');
    return;
  } catch {}
  const { version, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json')));
  const spec = `onnxruntime-node@${optionalDependencies['onnxruntime-node']}`;
  const prefix = join(cacheDir, `packages-${version}`);
  const installed = join(prefix, 'node_modules/onnxruntime-node');
  if (!existsSync(installed)) {
    say(`fetching ${spec} (once)`);
    installApart(prefix, spec, '--ignore-scripts');
  }
  try {
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    symlinkSync(installed, join(root, 'node_modules/onnxruntime-node'), 'junction');
  } catch (error) {
    throw new SetupError(
      `${spec} could not be put into ${root} (${error.message}). Install it there: npm install --ignore-scripts ${spec}`,
    );
  }
};

const isExecutable = (command, args = ['-version']) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

const browserCandidates = [process.env.CHROMIUM_PATH, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].filter(
  Boolean,
);

const whichBrowser = () => {
  for (const name of browserCandidates) {
    if (name.includes('/')) {
      if (existsSync(name)) return name;
      continue;
    }
    for (const dir of (process.env.PATH ?? '').split(delimiter)) if (existsSync(join(dir, name))) return join(dir, name);
  }
  return null;
};

const PYCOCOTOOLS = 'pycocotools==2.0.11';

/**
 * A Python that reads COCO files as their users do: one that has pycocotools, or one made under .cache. Null where
 * there is neither; its test is skipped then.
 */
const cocoPython = () => {
  const hasIt = (python) => isExecutable(python, ['-c', 'import pycocotools.mask']);
  const venv = join(cacheDir, 'python');
  const made = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const found = [process.env.SAM2_VIDEO_PYTHON, made, 'python3', 'python'].find((python) => python && hasIt(python));
  if (found) return found;
  say(`fetching ${PYCOCOTOOLS} for one test`);
  const quiet = { stdio: 'ignore' };
  if (spawnSync('python3', ['-m', 'venv', venv], quiet).status !== 0) return null;
  spawnSync(made, ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', PYCOCOTOOLS], quiet);
  return hasIt(made) ? made : null;
};

/**
 * Environment additions { CHROMIUM_PATH, SAM2_VIDEO_PYTHON } for the tests; installs missing tools with apt where that
 * is allowed.
 */
export const ensureTestTools = () => {
  const wanted = [];
  if (!isExecutable('ffmpeg') || !isExecutable('ffprobe')) wanted.push('ffmpeg');
  if (!whichBrowser()) wanted.push('chromium');
  if (wanted.length > 0) {
    const canInstall = process.platform === 'linux' && process.getuid?.() === 0 && isExecutable('apt-get', ['--version']);
    if (canInstall) {
      say(`installing ${wanted.join(' and ')} with apt-get`);
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env });
      spawnSync('apt-get', ['install', '-y', '-qq', ...wanted], { stdio: ['ignore', 'ignore', 'inherit'], env });
    }
    const missing = wanted.filter((name) => (name === 'ffmpeg' ? !isExecutable('ffmpeg') : !whichBrowser()));
    if (missing.length > 0) {
      throw new SetupError(
        `the tests need ${missing.join(' and ')}. Install: Debian or Ubuntu "sudo apt-get install ${missing.join(' ')}", macOS "brew install ${missing.join(' ')}", ` +
          'or set FFMPEG_PATH and CHROMIUM_PATH to programs you have.',
      );
    }
  }
  const python = cocoPython();
  return { CHROMIUM_PATH: whichBrowser(), ...(python && { SAM2_VIDEO_PYTHON: python }) };
};
