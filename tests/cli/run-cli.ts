/** Runs the command-line program as a user does, in a process of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const sampleClip = join(root, 'tests/fixtures/cartoon/sample.mp4');

export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface StartedCli {
  child: ChildProcess;
  /** Resolves when stderr has said `text`. */
  said(text: string | RegExp): Promise<void>;
  ended: Promise<CliRun>;
}

export const startCli = (args: string[], env: Record<string, string> = {}): StartedCli => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'src/main/cli/index.ts'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.on('data', (data) => {
    stdout += data;
    for (const watch of watchers) watch();
  });
  child.stderr.on('data', (data) => {
    stderr += data;
    for (const watch of watchers) watch();
  });
  const ended = new Promise<CliRun>((done) => child.on('close', (code) => done({ code, stdout, stderr })));
  const said = (text: string | RegExp): Promise<void> =>
    new Promise((found, fail) => {
      const watch = (): void => {
        const all = stdout + stderr;
        if (typeof text === 'string' ? all.includes(text) : text.test(all)) {
          watchers.delete(watch);
          found();
        }
      };
      watchers.add(watch);
      void ended.then((run) => fail(new Error(`ended with ${run.code} before it said ${text}: ${run.stderr}`)));
      watch();
    });
  return { child, said, ended };
};

export const runCli = (args: string[], env: Record<string, string> = {}): Promise<CliRun> => startCli(args, env).ended;

/** The process id of the engine that an app has started. */
export const engineOf = (app: number): number => {
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(app)], { encoding: 'utf8' });
  return Number.parseInt(children.split('\n').find((line) => line.includes('engine/server/process'))!, 10);
};

export const makeTempFolder = async (): Promise<{ path: string; remove: () => Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), 'sam2-video-test-'));
  // A process of a program that ended may write a moment longer.
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }) };
};
