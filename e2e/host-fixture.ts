/**
 * Starts the app in either host and gives the test its page; fails a test whose page broke a rule that holds
 * everywhere.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, test as base, expect, type Page } from '@playwright/test';
import { electronProgram } from './electron-program.ts';
import { noOffer, root, sampleClip, startTimeoutMs, startWebHost } from './web-host.ts';

export interface HostOptions {
  host: 'web' | 'electron';
}

interface Fixtures {
  /** A folder for exports, removed after the test. */
  exportDir: string;
  /** Additions to the environment of the app's process. */
  hostEnv: Record<string, string>;
  /** What the app remembers lies here; removed after the test. */
  dataDir: string;
  /** The app's page, connected and with nothing open. */
  app: Page;
}

/** A folder that is there while it is used. */
export const withFolder = async (name: string, use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), `sam2-video-${name}-`));
  try {
    await use(folder);
  } finally {
    // What the app had started may be gone a moment after the app, and write until then.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
};

const openWebApp = async (
  page: Page,
  exportDir: string,
  env: Record<string, string>,
  use: (page: Page) => Promise<void>,
): Promise<void> => {
  const host = await startWebHost(exportDir, env);
  try {
    await page.goto(host.address);
    await use(page);
  } finally {
    await host.end('SIGTERM');
  }
};

const openDesktopApp = (path: string, env: Record<string, string>, use: (page: Page) => Promise<void>): Promise<void> =>
  withFolder('profile', async (profile) => {
    const app = await _electron.launch({
      executablePath: path,
      args: [root, '--no-sandbox', `--user-data-dir=${profile}`],
      env: { ...process.env, SAM2_VIDEO_TEST: '1', SAM2_VIDEO_SAMPLE: sampleClip, ...noOffer, ...env } as Record<string, string>,
    });
    try {
      await use(await app.firstWindow());
    } finally {
      await app.close();
    }
  });

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
  exportDir: ({}, use) => withFolder('e2e', use),
  // A folder of its own, so that no test depends on the developer's.
  // biome-ignore lint/correctness/noEmptyPattern: as above
  dataDir: ({}, use) => withFolder('data', use),
  hostEnv: {},
  app: async ({ host, exportDir, dataDir, hostEnv, page }, use) => {
    const env = { SAM2_VIDEO_DATA: dataDir, ...hostEnv };
    const check = async (opened: Page): Promise<void> => {
      const problems = watchPage(opened);
      await expect(opened.getByRole('button', { name: 'Open the sample clip' })).toBeEnabled({ timeout: startTimeoutMs });
      await use(opened);
      expect(problems).toEqual([]);
    };
    if (host === 'web') return openWebApp(page, exportDir, env, check);
    const program = electronProgram();
    test.skip('reason' in program, 'reason' in program ? program.reason : '');
    if ('path' in program) await openDesktopApp(program.path, env, check);
  },
});

export { expect };
