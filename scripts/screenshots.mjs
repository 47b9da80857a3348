// Takes the pictures of docs/ from the running app: node scripts/run.mjs screenshots
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { root } from './setup.mjs';

const out = join(root, 'docs');
mkdirSync(out, { recursive: true });
const host = spawn(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    join(root, 'src/main/cli/index.ts'),
    'serve',
    '--sample',
    '--export-dir',
    join(root, '.cache/exports'),
  ],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const url = await new Promise((resolve) => {
  let text = '';
  host.stdout.on('data', (data) => {
    text += data;
    const match = /http:\/\/\S+/.exec(text);
    if (match) resolve(match[0]);
  });
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--disable-background-networking',
    '--disable-component-update',
  ],
});
const shoot = async (name, colorScheme, viewport, act = async () => {}) => {
  const page = await browser.newPage({ colorScheme, viewport });
  await page.goto(`${url}&test=1`);
  await page.getByRole('button', { name: /track/i }).first().waitFor();
  await act(page);
  await page.screenshot({ path: join(out, `${name}.png`) });
  await page.close();
};
const tracked = async (page) => {
  // Tracking of the sample is over when no Cancel is left.
  await page
    .getByRole('button', { name: /cancel/i })
    .first()
    .waitFor({ state: 'detached', timeout: 600_000 });
  await page.keyboard.press('Home');
  for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+ArrowRight');
  await page.waitForFunction(() => window.__sam2Test?.shownFrame() === 100);
};
await shoot('window', 'dark', { width: 1280, height: 720 }, tracked);
await shoot('window-light', 'light', { width: 1280, height: 720 }, tracked);
await shoot('export', 'dark', { width: 1280, height: 720 }, async (page) => {
  await tracked(page);
  await page.keyboard.press('Control+e');
  await page.getByRole('dialog').waitFor();
});
await shoot('keys', 'light', { width: 1280, height: 720 }, async (page) => {
  await tracked(page);
  await page.keyboard.press('Shift+?');
  await page.getByRole('dialog').waitFor();
});
await browser.close();
host.kill('SIGINT');
