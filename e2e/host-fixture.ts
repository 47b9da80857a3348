/** Starts the app in either host and gives the test its page; fails a test whose page broke a rule that holds everywhere. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, test as base, expect, type Page } from '@playwright/test';
import { electronProgram } from './electron-program.ts';

export interface HostOptions {
  host: 'web' | 'electron';
}

interface Fixtures {
  /** A folder for exports, removed after the test. */
  exportDir: string;
  /** Additions to the environment of the app's process. */
  hostEnv: Record<string, string>;
  /** The app's page, connected and with nothing open. */
  app: Page;
}

const root = resolve(import.meta.dirname, '..');
const startTimeoutMs = 60_000;

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

/** A folder of its own for what the app remembers, so that no test depends on the developer's. */
const withDataFolder = async <T>(use: (env: Record<string, string>) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-video-data-'));
  try {
    return await use({ SAM2_VIDEO_DATA: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const openWebApp = async (
  page: Page,
  exportDir: string,
  env: Record<string, string>,
  use: (page: Page) => Promise<void>,
): Promise<void> => {
  const model = process.env.SAM2_VIDEO_E2E_MODEL;
  const args = ['src/main/cli/index.ts', 'serve', '--port', '0', '--export-dir', exportDir, '--allow', root, '--allow', exportDir];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args, ...(model ? ['--model', model] : [])], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((done) => child.once('exit', done));
  try {
    await page.goto(`${await printedAddress(child)}&test=1`);
    await use(page);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
};

const openDesktopApp = async (path: string, env: Record<string, string>, use: (page: Page) => Promise<void>): Promise<void> => {
  const profile = await mkdtemp(join(tmpdir(), 'sam2-video-profile-'));
  const app = await _electron.launch({
    executablePath: path,
    args: [root, '--no-sandbox', `--user-data-dir=${profile}`],
    env: { ...process.env, SAM2_VIDEO_TEST: '1', ...env } as Record<string, string>,
  });
  try {
    await use(await app.firstWindow());
  } finally {
    await app.close();
    await rm(profile, { recursive: true, force: true });
  }
};

/** Nothing may leave this machine, break the content security policy or throw, whatever the test is about. */
const watchPage = (page: Page): string[] => {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`error in the page: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted(Script|HTML|Type)/i.test(message.text())) problems.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (!['data:', 'blob:', 'app:'].includes(protocol) && hostname !== '127.0.0.1') problems.push(`request to ${request.url()}`);
  });
  return problems;
};

export const test = base.extend<Fixtures & HostOptions>({
  host: ['web', { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
  exportDir: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sam2-video-e2e-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  hostEnv: {},
  app: async ({ host, exportDir, hostEnv, page }, use) => {
    const check = async (opened: Page): Promise<void> => {
      const problems = watchPage(opened);
      await expect(opened.getByRole('button', { name: 'Open the sample clip' })).toBeEnabled({ timeout: startTimeoutMs });
      await use(opened);
      expect(problems).toEqual([]);
    };
    if (host === 'web') return withDataFolder((env) => openWebApp(page, exportDir, { ...env, ...hostEnv }, check));
    const program = electronProgram();
    test.skip('reason' in program, 'reason' in program ? program.reason : '');
    if ('path' in program) await withDataFolder((env) => openDesktopApp(program.path, { ...env, ...hostEnv }, check));
  },
});

export { expect };
