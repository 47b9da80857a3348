// Makes docs/demo.webp, the moving picture of the README, from the running app: `node scripts/run.mjs demo-picture`.
// Every step is a screenshot that is shown for as long as the step should take, so a slow machine makes the same
// picture.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { root } from './setup.mjs';

const mostBytes = 2_000_000;
const output = join(root, 'docs/demo.webp');
const ffmpeg = process.env.FFMPEG_PATH ?? 'ffmpeg';
const folder = mkdtempSync(join(tmpdir(), 'sam2-demo-'));
// Named as it would be for a user: the window shows it.
const data = join(folder, 'sam2-video');
mkdirSync(data);

const host = spawn(
  process.execPath,
  ['--disable-warning=ExperimentalWarning', join(root, 'src/main/cli/index.ts'), 'serve', '--port', '0'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SAM2_VIDEO_DATA: data, SAM2_VIDEO_ENGINE_MODEL_OFFER: 'never' },
  },
);
const url = await new Promise((resolve) => {
  let text = '';
  host.stdout.on('data', (chunk) => {
    text += chunk;
    const match = /http:\/\/\S+/.exec(text);
    if (match) resolve(match[0]);
  });
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'],
});
const page = await browser.newPage({ colorScheme: 'dark', viewport: { width: 1120, height: 700 } });
await page.goto(`${url}&test=1`);

const shots = [];
/** @param ms how long this picture is shown */
const shoot = async (ms) => {
  const name = `${String(shots.length).padStart(3, '0')}.png`;
  writeFileSync(join(folder, name), await page.screenshot({ animations: 'disabled' }));
  shots.push({ name, ms });
};

/** Screenshots have no pointer, so the page gets one. */
const showPointer = () =>
  page.evaluate(() => {
    const pointer = document.createElement('div');
    pointer.id = 'demo-pointer';
    // Element by element: the window's policy allows no HTML from text.
    const make = (name, attributes) => {
      const element = document.createElementNS('http://www.w3.org/2000/svg', name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      return element;
    };
    const arrow = make('svg', { width: '22', height: '22', viewBox: '0 0 22 22' });
    arrow.append(make('path', { d: 'M2 1v17l4.6-4.2 3 6.6 3-1.4-3-6.4h6.3z', fill: '#fff', stroke: '#000' }));
    pointer.append(arrow);
    Object.assign(pointer.style, { position: 'fixed', left: '0', top: '0', zIndex: '9999', pointerEvents: 'none' });
    document.body.append(pointer);
  });
let place = { x: 700, y: 420 };
const moveTo = async ({ x, y }, steps = 5) => {
  const from = place;
  for (let i = 1; i <= steps; i++) {
    place = { x: from.x + ((x - from.x) * i) / steps, y: from.y + ((y - from.y) * i) / steps };
    await page.mouse.move(place.x, place.y);
    await page.evaluate(({ x: left, y: top }) => {
      document.getElementById('demo-pointer').style.transform = `translate(${left}px, ${top}px)`;
    }, place);
    await shoot(60);
  }
};
const inPicture = (x, y) => page.evaluate(([px, py]) => window.__sam2Test.pageFromImage(px, py), [x, y]);
const objects = () => page.getByRole('region', { name: 'Objects' });
const click = async (x, y, prompted) => {
  await moveTo(await inPicture(x, y));
  await page.mouse.click(place.x, place.y);
  await objects()
    .getByText('1 prompt')
    .nth(prompted - 1)
    .waitFor();
  await page.waitForTimeout(500);
  await shoot(900);
};
/** Tracks to the end, with pictures while it works. */
const track = async () => {
  await page.keyboard.press('t');
  const cancel = page.getByRole('button', { name: /cancel/i }).first();
  await cancel.waitFor();
  while (await cancel.isVisible()) {
    await shoot(110);
    await page.waitForTimeout(300);
  }
};
await page.getByRole('button', { name: 'Open the sample clip' }).click();
await page.getByRole('region', { name: 'Timeline' }).waitFor();
await page.waitForFunction(() => window.__sam2Test.readImagePixels([{ x: 640, y: 360 }])[0][3] === 255);
await page.waitForTimeout(2500);
await showPointer();
await shoot(900);
await click(430, 470, 1);
await track();
await shoot(700);
await page.keyboard.press('Home');
await page.keyboard.press('Escape');
await page.waitForTimeout(600);
await page.keyboard.press('a');
await click(120, 600, 2);
await track();
await shoot(1500);
await browser.close();
host.kill('SIGINT');

const list = shots.map(({ name, ms }) => `file ${name}\nduration ${ms / 1000}`).join('\n');
writeFileSync(join(folder, 'list.txt'), `ffconcat version 1.0\n${list}\nfile ${shots.at(-1).name}\n`);
for (let quality = 70; quality >= 30; quality -= 10) {
  const encode = [
    '-vf',
    'scale=960:-2:flags=lanczos',
    '-c:v',
    'libwebp_anim',
    '-quality',
    String(quality),
    '-compression_level',
    '6',
    '-loop',
    '0',
  ];
  execFileSync(ffmpeg, ['-v', 'error', '-y', '-f', 'concat', '-i', join(folder, 'list.txt'), '-fps_mode', 'vfr', ...encode, output]);
  const { size } = statSync(output);
  console.log(`quality ${quality}: ${shots.length} pictures, ${size} bytes`);
  if (size <= mostBytes) break;
}
if (!process.env.SAM2_VIDEO_KEEP_SHOTS) rmSync(folder, { recursive: true, force: true });
else console.log(folder);
