/** The picture and what is drawn over it, and what tracking leaves behind when it is stopped. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './host-fixture.ts';
import {
  clickImage,
  goToFrame,
  makeLongClip,
  maskStrength,
  openClip,
  openSample,
  pagePoint,
  pixelAt,
  pixelsAt,
  sampleFrames,
} from './window.ts';

const onRabbit = { x: 560, y: 370 };

const distance = (a: readonly number[], b: readonly number[]): number => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

/** Pixels of the page that a pixel of the clip takes. */
const scale = async (page: Page): Promise<number> => (await pagePoint(page, 500, 300)).x - (await pagePoint(page, 499, 300)).x;

test('the picture is shown at its own size, larger, smaller and as a whole by the keyboard', async ({ app: page }) => {
  await openSample(page);
  const fitted = await scale(page);
  await page.keyboard.press('Control+1');
  await expect.poll(async () => (await scale(page)) * (await page.evaluate(() => devicePixelRatio))).toBeCloseTo(1, 3);
  const whole = await scale(page);
  await page.keyboard.press('+');
  await expect.poll(() => scale(page)).toBeGreaterThan(whole);
  await page.keyboard.press('-');
  await expect.poll(() => scale(page)).toBeCloseTo(whole, 3);
  await page.keyboard.press('Control+0');
  await expect.poll(() => scale(page)).toBeCloseTo(fitted, 3);

  await test.step('it is moved by the middle button, with Space held, and by the keyboard', async () => {
    await page.keyboard.press('Control+1');
    const place = (): Promise<{ x: number; y: number }> => pagePoint(page, 640, 360);
    const moved = async (act: () => Promise<void>): Promise<[number, number]> => {
      const before = await place();
      await act();
      const after = await place();
      return [Math.round(after.x - before.x), Math.round(after.y - before.y)];
    };
    const by = async (button: 'left' | 'middle'): Promise<void> => {
      const from = await place();
      await page.mouse.move(from.x, from.y);
      await page.mouse.down({ button });
      await page.mouse.move(from.x - 60, from.y + 30, { steps: 4 });
      await page.mouse.up({ button });
    };
    expect(await moved(() => by('middle'))).toEqual([-60, 30]);
    const before = await place();
    // Two fingers on a trackpad, more sideways than up.
    await page.mouse.wheel(40, 4);
    await expect.poll(async () => [Math.round((await place()).x - before.x), Math.round((await place()).y - before.y)]).toEqual([-40, -4]);
    await page.keyboard.down('Space');
    expect(await moved(() => by('left'))).toEqual([-60, 30]);
    await page.keyboard.up('Space');
    // That press of Space moved the picture, and so it does not play; and nothing became a prompt.
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
    await expect(page.getByText('Click something in the picture')).toBeVisible();
    for (const [key, x, y] of [
      ['Shift+A', 1, 0],
      ['Shift+D', -1, 0],
      ['Shift+W', 0, 1],
      ['Shift+S', 0, -1],
    ] as const)
      expect((await moved(() => page.keyboard.press(key))).map(Math.sign)).toEqual([x, y]);
  });

  await test.step('where the keyboard points stays put when it zooms, and comes into view when it moves', async () => {
    const pointer = page.locator('[data-part="key-pointer"]');
    await page.keyboard.press('Control+ArrowRight');
    const centre = async (): Promise<{ x: number; y: number }> => {
      const { x, y, width, height } = (await pointer.boundingBox())!;
      return { x: x + width / 2, y: y + height / 2 };
    };
    const before = await centre();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    const after = await centre();
    expect(Math.hypot(after.x - before.x, after.y - before.y)).toBeLessThan(1);
    const stage = (await page.getByRole('application').boundingBox())!;
    for (let n = 0; n < 60; n++) await page.keyboard.press('Control+ArrowRight');
    const { x } = await centre();
    expect(x).toBeGreaterThan(stage.x);
    expect(x).toBeLessThan(stage.x + stage.width);
  });
});

test('masks are drawn as strongly as the settings say, and contours can be left out', async ({ app: page }) => {
  await openSample(page);
  await goToFrame(page, 60);
  await clickImage(page, onRabbit.x, onRabbit.y);
  const inside = { x: onRabbit.x + 30, y: onRabbit.y };
  await expect.poll(() => maskStrength(page, inside.x, inside.y)).toBeGreaterThan(15);
  const usual = await maskStrength(page, inside.x, inside.y);

  const setOpacity = async (value: string): Promise<void> => {
    await page.keyboard.press('Control+,');
    const opacity = page.getByRole('dialog', { name: 'Settings' }).getByRole('spinbutton', { name: 'Mask opacity' });
    await opacity.fill(value);
    await opacity.press('Enter');
    await expect(opacity).toHaveValue(value);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  };
  await setOpacity('0.8');
  await expect.poll(() => maskStrength(page, inside.x, inside.y)).toBeGreaterThan(1.5 * usual);

  // With no fill left, whatever is still drawn is the contour.
  await setOpacity('0');
  await expect.poll(() => maskStrength(page, inside.x, inside.y)).toBe(0);
  const across = Array.from({ length: 200 }, (_, i) => ({ x: 320 + 2 * i, y: onRabbit.y }));
  const row = (): Promise<number[][]> => pixelsAt(page, across);
  const hidden = page.getByRole('button', { name: 'Show or hide all masks' });
  const withContours = await row();
  await page.keyboard.press('Shift+H');
  await expect.poll(row).not.toEqual(withContours);
  const withoutContours = await row();
  await page.keyboard.press('h');
  await expect(hidden).toHaveAttribute('aria-pressed', 'true');
  expect(await row()).toEqual(withoutContours);
  await page.keyboard.press('h');

  await test.step('in the colour of their object', async () => {
    await setOpacity('0.8');
    const before = await pixelAt(page, inside.x, inside.y);
    await page.keyboard.press('Shift+C');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect.poll(async () => distance(before, await pixelAt(page, inside.x, inside.y))).toBeGreaterThan(40);
  });
});

test('tracking goes backward, and what was done stays when it is cancelled', async ({ app: page, exportDir, host }) => {
  test.skip(host === 'electron', 'the desktop app asks for a clip with a dialog of the system');
  // So long that no machine is through with it before it is cancelled.
  await openClip(page, makeLongClip(exportDir, 40));
  const prompted = 30 * sampleFrames + 60;
  await goToFrame(page, prompted);
  await clickImage(page, onRabbit.x, onRabbit.y);
  const row = page.getByRole('button', { name: /^Object 1/ });
  await expect(row).toContainText('1 prompt');
  await page.keyboard.press('Alt+T');
  const progress = page.getByRole('progressbar', { name: 'Tracking progress' });
  await expect(progress).toBeVisible();
  const frame = page.getByLabel('Frame number');
  await expect.poll(async () => Number(await frame.textContent()), { timeout: 60_000 }).toBeLessThan(prompted - 5);
  const seen = Number(await frame.textContent());
  await page.keyboard.press('Escape');
  await expect(progress).toHaveCount(0);
  const kept = page.getByText(/^[\d,]+ frames · 1 prompt$/);
  const frames = async (): Promise<number> => Number((await kept.textContent())!.split(' ')[0]!.replaceAll(',', ''));
  await expect.poll(frames).toBeGreaterThanOrEqual(prompted - seen + 1);
  expect(await frames()).toBeLessThan(prompted + 1);
  // They are the frames before the prompt, and no later one was touched.
  await goToFrame(page, prompted);
  await page.keyboard.press('g');
  await expect(frame).toHaveText(String(prompted + 1));
  await page.keyboard.press('Shift+G');
  await expect(frame).toHaveText('0');
});

test('the filmstrip and the picture at the pointer show frames of the clip', async ({ app: page }) => {
  await openSample(page);
  const colours = (selector: string): Promise<number> =>
    page.evaluate((wanted) => {
      const canvas = document.querySelector<HTMLCanvasElement>(wanted);
      if (!canvas || canvas.width === 0) return 0;
      const copy = document.createElement('canvas');
      [copy.width, copy.height] = [canvas.width, canvas.height];
      const context = copy.getContext('2d')!;
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, copy.width, copy.height);
      const seen = new Set<number>();
      for (let i = 0; i < data.length; i += 4) seen.add((data[i]! >> 4) * 256 + (data[i + 1]! >> 4) * 16 + (data[i + 2]! >> 4));
      return seen.size;
    }, selector);
  await expect.poll(() => colours('[data-part="filmstrip"]')).toBeGreaterThan(40);
  const box = (await page.getByRole('slider', { name: 'Position' }).boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 10);
  await expect.poll(() => colours('[data-part="hover-picture"] canvas')).toBeGreaterThan(40);
});

test('a folder of numbered pictures is a clip', async ({ app: page, exportDir, host }) => {
  test.skip(host === 'electron', 'the desktop app asks for a clip with a dialog of the system');
  const folder = join(exportDir, 'pictures');
  mkdirSync(folder);
  const sample = resolve('tests/fixtures/cartoon/sample.mp4');
  execFileSync('ffmpeg', ['-v', 'error', '-i', sample, '-frames:v', '12', join(folder, '%05d.jpg')]);
  await openClip(page, folder);
  await expect(page.getByText('12 frames')).toBeVisible();
  await clickImage(page, onRabbit.x, onRabbit.y);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
});

test('nothing moves for those who asked for no motion', async ({ app: page }) => {
  const moving = (): Promise<number> =>
    page.evaluate(
      () =>
        [...document.querySelectorAll('*')].filter((element) => {
          const { transitionDuration, animationName } = getComputedStyle(element);
          return animationName !== 'none' || transitionDuration.split(',').some((time) => Number.parseFloat(time) > 0);
        }).length,
    );
  await openSample(page);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  expect(await moving()).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await moving()).toBe(0);
});
