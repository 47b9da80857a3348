/** The real window in Chromium on the real web host, for benches of what a user sees. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type CDPSession, chromium, type Page } from 'playwright';
import type { TestHook } from '../../e2e/window.ts';

export type HookWindow = { __sam2Test: TestHook };

export interface BenchPage {
  page: Page;
  cdp: CDPSession;
  close(): Promise<void>;
}

export interface BenchWindow extends BenchPage {
  /** The web host's process. */
  host: ChildProcess;
}

const root = resolve(import.meta.dirname, '../..');

/** Software WebGL, as on a machine without a GPU. */
const chromiumArgs = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-background-networking',
  '--disable-component-update',
  '--enable-precise-memory-info',
];

/** Opens the window at a host's address. @param script runs in the page before anything else */
export const openPage = async (address: string, script?: () => void): Promise<BenchPage> => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: chromiumArgs });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme: 'dark' });
    if (script) await page.addInitScript(script);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable');
    await page.goto(`${address}&test=1`);
    await page.getByRole('button', { name: 'Open the sample clip' }).waitFor();
    return { page, cdp, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
};

/** @param dataDir where the app keeps projects; clips and exports may lie in it too */
export const openWindow = async (dataDir: string, options: { model?: string | undefined } = {}): Promise<BenchWindow> => {
  const args = [
    'src/main/cli/index.ts',
    'serve',
    '--port',
    '0',
    '--export-dir',
    join(dataDir, 'exports'),
    '--allow',
    root,
    '--allow',
    dataDir,
  ];
  const host = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...args, ...(options.model ? ['--model', options.model] : [])],
    { cwd: root, env: { ...process.env, SAM2_VIDEO_DATA: dataDir }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise((done) => host.once('exit', done));
  let opened: BenchPage | null = null;
  const close = async (): Promise<void> => {
    await opened?.close();
    host.kill('SIGTERM');
    await ended;
  };
  try {
    const address = await new Promise<string>((found, fail) => {
      let text = '';
      host.stdout.on('data', (data: Buffer) => {
        text += data.toString();
        const match = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(text);
        if (match) found(match[0]);
      });
      host.once('exit', (code) => fail(new Error(`the web host ended with code ${code}`)));
    });
    opened = await openPage(address);
    await opened.page.waitForFunction(
      () => ![...document.querySelectorAll('button')].some((b) => b.textContent?.includes('sample') && b.disabled),
    );
    // The first clip of all pays for what starts late; it is none of those that are measured.
    await opened.page.getByRole('button', { name: 'Open the sample clip' }).click();
    await opened.page.getByRole('region', { name: 'Timeline' }).waitFor({ timeout: 120_000 });
    return { ...opened, host, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Bytes of live objects in the window, after a collection. */
export const windowHeap = async (cdp: CDPSession): Promise<number> => {
  await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
};

/** Resident bytes of a process and its children, by name of their program; empty where /proc tells nothing. */
export const residentBytes = (pid: number): { pid: number; parent: number; bytes: number; command: string }[] => {
  if (!existsSync('/proc/self/status')) return [];
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8');
        const field = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), parent: field('PPid'), bytes: field('VmRSS') * 1024, command }];
      } catch {
        return [];
      }
    });
  const wanted = new Set([pid]);
  for (let before = 0; before !== wanted.size; ) {
    before = wanted.size;
    for (const each of all) if (wanted.has(each.parent)) wanted.add(each.pid);
  }
  return all.filter((each) => wanted.has(each.pid));
};

/** Goes to a frame by its number. @returns ms until its picture is drawn */
export const seekMs = async (page: Page, frame: number): Promise<number> => {
  await page.getByRole('button', { name: /Go to a frame or a time$/ }).click();
  await page.getByRole('textbox', { name: 'Go to a frame or a time' }).fill(String(frame));
  const started = await page.evaluate(() => performance.now());
  await page.keyboard.press('Enter');
  const drawn = await page.waitForFunction(
    (wanted) => (globalThis as unknown as HookWindow).__sam2Test.shownFrame() === wanted && performance.now(),
    frame,
    { polling: 'raf', timeout: 60_000 },
  );
  return ((await drawn.jsonValue()) as number) - started;
};
