/** The web host as a process of its own, for tests that end it and start it again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');
/** The clip whose places the tests know. */
export const sampleClip = join(root, 'tests/fixtures/cartoon/sample.mp4');
/** Nothing is offered in the middle of a test. */
export const noOffer = { SAM2_VIDEO_ENGINE_MODEL_OFFER: 'never' };
export const startTimeoutMs = 60_000;

export interface WebHost {
  /** Token included; with the hook that tests look through. */
  address: string;
  pid: number;
  /** Ids of the processes it started: the engine's is among them. Linux only. */
  children(): Promise<number[]>;
  /** Resolves when the process is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** The address the web host prints, token included. */
const printedAddress = (child: ChildProcess): Promise<string> =>
  new Promise((done, fail) => {
    let output = '';
    const timer = setTimeout(() => fail(new Error(`the web host printed no address:\n${output}`)), startTimeoutMs);
    const onData = (data: Buffer): void => {
      output += data.toString();
      const match = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(output);
      if (!match) return;
      clearTimeout(timer);
      done(match[0]);
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    child.once('exit', (code) => fail(new Error(`the web host ended with code ${code}:\n${output}`)));
  });

/**
 * @param env additions to the environment of the host's process
 * @param more further arguments
 */
export const startWebHost = async (exportDir: string, env: Record<string, string>, more: readonly string[] = []): Promise<WebHost> => {
  const model = process.env.SAM2_VIDEO_E2E_MODEL;
  const args = ['src/main/cli/index.ts', 'serve', '--port', '0', '--export-dir', exportDir, '--allow', root, '--allow', exportDir, ...more];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args, ...(model ? ['--model', model] : [])], {
    cwd: root,
    env: { ...process.env, SAM2_VIDEO_SAMPLE: sampleClip, ...noOffer, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  try {
    return {
      address: `${await printedAddress(child)}&test=1`,
      pid: child.pid!,
      children: async () =>
        (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim().split(/\s+/).filter(Boolean).map(Number),
      end,
    };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
};
