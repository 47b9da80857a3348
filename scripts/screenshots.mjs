// Takes the pictures of docs/ from the running app: node scripts/run.mjs screenshots [name ...]
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { root } from './setup.mjs';

const out = join(root, 'docs');
mkdirSync(out, { recursive: true });
// A fresh start: what the app remembers of other runs is not in the pictures, nor is the folder this was checked out
// to.
const data = join(tmpdir(), 'sam2-video');
rmSync(data, { recursive: true, force: true });
const ffmpeg = process.env.FFMPEG_PATH ?? 'ffmpeg';
const sample = join(root, 'resources/sample.mp4');
// Something to choose from in the open dialog, at a place that is nobody's.
const videos = join(tmpdir(), 'videos');
rmSync(videos, { recursive: true, force: true });
mkdirSync(videos);
const looks = { 'squirrel.mp4': 'null', 'mirrored.mp4': 'hflip', 'close-up.mp4': 'crop=640:360:120:120', 'dusk.mp4': 'eq=gamma=0.6' };
for (const [name, look] of Object.entries(looks))
  execFileSync(ffmpeg, ['-v', 'error', '-i', sample, '-t', '1', '-vf', look, '-an', join(videos, name)]);
const host = spawn(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    join(root, 'src/main/cli/index.ts'),
    'serve',
    '--sample',
    '--allow',
    videos,
    '--export-dir',
    join(tmpdir(), 'exports'),
  ],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Offers come when they like.
    env: { ...process.env, SAM2_VIDEO_DATA: data, SAM2_VIDEO_ENGINE_MODEL_OFFER: 'never' },
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
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ],
});
const wanted = process.argv.slice(2);
/** Writes a screenshot (PNG) to docs/ as WebP, which takes a sixth of the space. */
const save = (name, png) => {
  const encode = ['-f', 'png_pipe', '-i', '-', '-c:v', 'libwebp', '-quality', '85', '-preset', 'text'];
  execFileSync(ffmpeg, ['-v', 'error', '-y', ...encode, join(out, `${name}.webp`)], { input: png });
};
const shoot = async (name, colorScheme, viewport, act = async () => {}) => {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  const page = await browser.newPage({ colorScheme, viewport });
  await page.goto(`${url}&test=1`);
  await page
    .getByRole('button', { name: /track|stop and open/i })
    .first()
    .waitFor();
  await act(page);
  save(name, await page.screenshot());
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
const small = { width: 1280, height: 720 };
const large = { width: 2560, height: 1440 };
/** Waits until every tile of the filmstrip is there: nothing is drawn any more. */
const filmed = async (page) => {
  const look = () => page.locator('#timeline-lanes').screenshot({ animations: 'disabled' });
  for (let before = await look(), n = 0; n < 40; n++) {
    await page.waitForTimeout(500);
    const now = await look();
    if (now.equals(before)) return;
    before = now;
  }
};
const ready = async (page) => {
  await tracked(page);
  await page
    .getByRole('button', { name: 'Got it' })
    .click({ timeout: 2000 })
    .catch(() => {});
  await page.keyboard.press('1');
  await filmed(page);
};
const after = (act) => async (page) => {
  await ready(page);
  await act(page);
};
const press = (keys) => after((page) => page.keyboard.press(keys));
await shoot('window', 'dark', small, ready);
await shoot('window-light', 'light', small, ready);
await shoot('window-large', 'dark', large, ready);
await shoot(
  'export',
  'dark',
  small,
  after(async (page) => {
    await page.keyboard.press('Control+e');
    await page.getByText(/^About .* free$/).waitFor();
  }),
);
await shoot('keys', 'light', small, press('?'));
await shoot('settings', 'dark', small, press('Control+,'));
await shoot(
  'models',
  'light',
  small,
  after(async (page) => {
    await page.keyboard.press('m');
    const tiny = page.getByRole('dialog', { name: 'Models' }).getByRole('listitem', { name: 'SAM 2.1 tiny' });
    await tiny.getByRole('button', { name: /^Measure here at 512 px/ }).click();
    await tiny.getByRole('meter', { name: /^Speed at 512 px/ }).waitFor({ timeout: 240_000 });
  }),
);
await shoot(
  'open',
  'light',
  small,
  after(async (page) => {
    await page.keyboard.press('Control+o');
    const dialog = page.getByRole('dialog', { name: 'Open a clip' });
    await dialog.getByRole('button', { name: videos }).click();
    await dialog.getByRole('button', { name: /squirrel/ }).hover();
    await page.waitForFunction(() => [...document.querySelectorAll('dialog img, [role=dialog] img')].length >= 4);
  }),
);
await shoot(
  'palette',
  'dark',
  small,
  after(async (page) => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('track');
  }),
);
await shoot(
  'menu',
  'light',
  small,
  after((page) => page.getByRole('menuitem', { name: 'Objects' }).click()),
);
await shoot(
  'memory',
  'dark',
  small,
  after(async (page) => {
    await page.getByRole('tab', { name: 'Memory' }).click();
    const panel = page.getByRole('region', { name: 'Memory' });
    await panel.getByRole('checkbox', { name: 'Memory tree' }).click();
    // More often in doubt than by default, so that there are branches to see.
    await page.keyboard.press('Control+,');
    const unsure = page.getByRole('dialog', { name: 'Settings' }).getByRole('spinbutton', { name: 'Unsure below' });
    await unsure.fill('12');
    await unsure.press('Enter');
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    await panel.getByRole('img', { name: /branch/ }).waitFor({ timeout: 120_000 });
    await tracked(page);
    await filmed(page);
  }),
);
await shoot(
  'brush',
  'dark',
  small,
  after(async (page) => {
    await page.keyboard.press('p');
    const at = await page.evaluate(() => window.__sam2Test.pageFromImage(400, 600));
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 60, at.y + 20, { steps: 8 });
    await page.mouse.up();
  }),
);
await shoot(
  'timeline',
  'light',
  small,
  after(async (page) => {
    await page.keyboard.press('i');
    const box = await page.locator('#timeline-lanes').boundingBox();
    await page.mouse.move(box.x + 800, box.y + 10);
    await page.mouse.wheel(0, -300);
    await filmed(page);
    await page.mouse.move(box.x + 820, box.y + 12);
    await page.waitForTimeout(1500);
  }),
);
const command = (words) => async (page) => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
};
await shoot('copy', 'light', small, after(command('copy the project')));
await shoot('log', 'dark', small, after(command('log')));
await shoot(
  'camera',
  'light',
  small,
  after(async (page) => {
    await command('camera')(page);
    await page.waitForFunction(() => document.querySelector('video')?.videoWidth > 0);
    await page.waitForTimeout(1500);
  }),
);

// The bundled clip over and over, as a camera on the network would send it. Last: it takes the place of the clip.
const stream = createServer((_request, response) => {
  const clip = ['-re', '-stream_loop', '-1', '-i', sample, '-an', '-c', 'copy'];
  const child = spawn(ffmpeg, ['-v', 'error', ...clip, '-f', 'mpegts', '-'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.pipe(response.writeHead(200, { 'content-type': 'video/mp2t' }));
  response.on('close', () => child.kill('SIGKILL'));
});
await new Promise((done) => stream.listen(0, '127.0.0.1', done));
const live = (act) => async (page) => {
  const running = page.getByRole('region', { name: 'Live source' });
  if (await running.isVisible()) {
    await running.getByRole('button', { name: 'Stop and open' }).click();
    await running.waitFor({ state: 'detached', timeout: 120_000 });
    // The clip that it became closes what is open when it comes.
    await page.locator('button:enabled', { hasText: 'Export' }).first().waitFor({ timeout: 120_000 });
  } else {
    // The sample is tracked to its end.
    const cancel = page.getByRole('button', { name: /cancel/i }).first();
    await cancel.waitFor({ state: 'detached', timeout: 600_000 });
  }
  await page.keyboard.press('Control+o');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(`http://127.0.0.1:${stream.address().port}/table.ts`);
  await dialog.getByRole('button', { name: 'Watch live' }).click();
  await page.getByText('LIVE', { exact: true }).waitFor({ timeout: 120_000 });
  // The squirrel sits still; a moment of recording is there to look back to.
  await page.waitForFunction(() => window.__sam2Test?.shownFrame() > 60, null, { timeout: 120_000 });
  const at = await page.evaluate(() => window.__sam2Test.pageFromImage(410, 480));
  await page.mouse.click(at.x, at.y);
  await page.getByText(/^\d{3,} frames · 1 prompt/).waitFor({ timeout: 120_000 });
  await act(page);
  await page.waitForTimeout(1000);
};
await shoot(
  'live',
  'dark',
  small,
  live(async () => {}),
);
await shoot(
  'live-held',
  'light',
  small,
  live(async (page) => {
    await page.keyboard.press('Space');
    await page.waitForTimeout(3000);
    await page.keyboard.press('Shift+ArrowLeft');
  }),
);
stream.closeAllConnections();
stream.close();
await browser.close();
host.kill('SIGINT');
host.on('exit', () => rmSync(data, { recursive: true, force: true }));
rmSync(videos, { recursive: true, force: true });

if (wanted.length === 0 || wanted.includes('contact-sheet')) {
  const made = join(tmpdir(), 'sam2-video-contact-sheet');
  const demo = ['--disable-warning=ExperimentalWarning', join(root, 'src/main/cli/index.ts'), 'demo', '--overwrite', '--out', made];
  execFileSync(process.execPath, demo, { stdio: ['ignore', 'ignore', 'inherit'] });
  save('contact-sheet', readFileSync(join(made, 'contact-sheet.png')));
  rmSync(made, { recursive: true, force: true });
}
