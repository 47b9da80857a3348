/** The two commands of the README, and the packed program, on a machine that has nothing but Node and npm. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestWindow } from '../web/test-window.ts';
import { type BareMachine, bareMachine, cloneInto, root } from './bare-machine.ts';

let machine: BareMachine;
const started: ChildProcess[] = [];
beforeEach(() => {
  machine = bareMachine();
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null) continue;
    const ended = new Promise((done) => child.once('exit', done));
    process.kill(-child.pid!, 'SIGINT');
    await ended;
  }
  machine.remove();
});

/** Starts a command and resolves with the address that it prints. */
const served = (command: string, args: string[], cwd: string): Promise<{ url: string; said: () => string }> =>
  new Promise((found, failed) => {
    const child = spawn(command, args, { cwd, env: machine.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    started.push(child);
    let said = '';
    const look = (data: Buffer): void => {
      said += data.toString();
      const url = /SAM2 Video is at (\S+)/.exec(said)?.[1];
      if (url !== undefined) found({ url, said: () => said });
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', (code) => failed(new Error(`ended with ${code}: ${said}`)));
  });

/** Resolves when the sample is open in the served app and its object has masks. */
const sampleTracked = async (address: string): Promise<void> => {
  const url = new URL(address);
  const window = await TestWindow.open(Number(url.port), url.searchParams.get('token')!);
  await window.until(() => (window.state?.operations ?? []).some(({ kind, done }) => kind === 'track' && done > 1));
  const [object] = window.state!.session!.objects;
  const lane = await window.call('object.lane', { objectId: object!.id });
  expect(lane).toMatchObject({ t: 'res' });
  expect(window.state!.notices.filter(({ level }) => level === 'error')).toEqual([]);
  window.close();
};

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('a machine without ffmpeg', () => {
  it('opens the sample with a mask after "npm start"', async () => {
    const clone = cloneInto(machine.folder);
    const { url, said } = await served('npm', ['start', '--', '--port', '0'], clone);
    await sampleTracked(url);
    expect(said()).not.toMatch(/npm warn|ffmpeg could not be run/i);
  });

  it('tracks and exports after "npm run demo"', () => {
    const clone = cloneInto(machine.folder);
    const run = spawnSync('npm', ['run', 'demo', '--', '--out', 'demo'], { cwd: clone, env: machine.env, encoding: 'utf8' });
    expect(run.stderr).not.toMatch(/npm warn/i);
    expect(run.status, run.stderr).toBe(0);
    expect(readdirSync(join(clone, 'demo')).sort()).toEqual(['annotated.mp4', 'contact-sheet.png', 'results.json']);
  });
});

const canReachRegistry = spawnSync('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=5000'], { stdio: 'ignore' }).status === 0;
if (!canReachRegistry) console.warn("skipped: npm's registry can't be reached, so nothing can be installed from a packed package");

it.skipIf(!canReachRegistry || process.platform !== 'linux')('the packed package runs by npx, with no developer tool', async () => {
  const elsewhere = join(machine.folder, 'elsewhere');
  mkdirSync(elsewhere);
  const packed = spawnSync('npm', ['pack', '--pack-destination', elsewhere], { cwd: root, encoding: 'utf8' });
  expect(packed.status, packed.stderr).toBe(0);
  const tarball = readdirSync(elsewhere).find((name) => name.endsWith('.tgz'))!;
  const { url } = await served('npx', ['--yes', `./${tarball}`, 'serve', '--sample', '--port', '0'], elsewhere);
  await sampleTracked(url);
  const [npx] = readdirSync(join(machine.folder, 'npm/_npx'));
  const modules = join(machine.folder, 'npm/_npx', npx!, 'node_modules');
  expect(existsSync(join(modules, 'sam2-video'))).toBe(true);
  for (const name of ['vite', 'electron', 'typescript', 'react']) expect(existsSync(join(modules, name)), name).toBe(false);
});

it('no package that is installed runs a script that downloads', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  // npm takes this from the lock file. The two would fetch programs and libraries from other servers, and fail where
  // those can't be reached.
  expect(packages['node_modules/onnxruntime-node']?.hasInstallScript, 'remove it again after "npm install"').toBeUndefined();
  expect(packages['node_modules/ffmpeg-static']?.hasInstallScript, 'remove it again after "npm install"').toBeUndefined();
});
