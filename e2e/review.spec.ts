/** Review, colours and candidates: what a first user missed. */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { expect, test } from './host-fixture.ts';
import { clickImage, goToFrame, openClip, openSample } from './window.ts';

const onRabbit = { x: 560, y: 370 };
const frames = 36;
const hidden = { first: 14, last: 23 };

/** A red square on the meadow, which for ten frames is not there. */
const makeLostClip = (folder: string): string => {
  const path = join(folder, 'lost.mp4');
  const square = `drawbox=x=860:y=480:w=110:h=110:color=red:t=fill:enable='not(between(n,${hidden.first},${hidden.last}))'`;
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-i', resolve('tests/fixtures/cartoon/sample.mp4')],
    ...['-vf', `select='between(n,60,${59 + frames})',setpts=N/25/TB,${square}`, '-an', '-c:v', 'libx264', '-qp', '10', path],
  ]);
  return path;
};
const onSquare = { x: 915, y: 535 };

/** Whether anything of the colour is drawn in the lane at a frame. */
const isInLane = (page: Page, frame: number, token: string): Promise<boolean> =>
  page.evaluate(
    ([at, count, name]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-part="lanes"]')!;
      const probe = document.createElement('canvas').getContext('2d')!;
      probe.fillStyle = getComputedStyle(canvas)
        .getPropertyValue(name as string)
        .trim();
      probe.fillRect(0, 0, 1, 1);
      const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
      const x = 140 + (((at as number) + 0.5) / (count as number)) * (canvas.width - 152);
      const { data } = canvas.getContext('2d')!.getImageData(Math.round(x), 0, 1, 24);
      for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b) return true;
      return false;
    },
    [frame, frames, token] as const,
  );

test('a loss is told after the run, listed beside the objects, drawn on the lane, and done when looked at', async ({
  app: page,
  exportDir,
  host,
}) => {
  test.skip(host === 'electron', 'the desktop app asks for a clip with a dialog of the system');
  await openClip(page, makeLostClip(exportDir));
  await goToFrame(page, 4);
  await clickImage(page, onSquare.x, onSquare.y);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
  await page.keyboard.press('t');

  await test.step('both ways the prompted frame counts once', async () => {
    await expect(page.getByText(new RegExp(`/ ${frames} frames$`)).first()).toBeVisible();
  });

  await test.step('the run ends with a sentence, and the row counts the frames where the object was found', async () => {
    await expect(page.getByText('Found on 26 of 36 frames, 1 loss.')).toBeVisible({ timeout: 120_000 });
    await expect(page.locator('li[data-object]').getByText('Found on 26 of 36 · 1 prompt')).toBeVisible();
  });

  const tab = page.getByRole('tab', { name: /^Review/ });
  const list = page.getByRole('list', { name: 'Places to review' });
  const lost = list.getByRole('button', { name: /^Lost at 0\.56 s, found again at 0\.96 s/ });
  const left = async (): Promise<number> => Number(/\d+/.exec((await tab.textContent()) ?? '')?.[0] ?? 0);

  await test.step('a button goes to the list, which says what happened, once', async () => {
    await page.getByRole('button', { name: /^Review \(\d+\)$/ }).click();
    await expect(tab).toHaveAttribute('aria-selected', 'true');
    await expect(lost).toHaveCount(1);
    expect(await isInLane(page, 18, '--danger')).toBe(true);
    expect(await isInLane(page, 8, '--danger')).toBe(false);
  });
  await expect.poll(left).toBe(1);

  const frame = page.getByLabel('Frame number');
  await test.step('U goes to the places of the list, G to the loss and the return', async () => {
    await page.keyboard.press('Home');
    await page.keyboard.press('g');
    await expect(frame).toHaveText(String(hidden.first));
    await page.keyboard.press('g');
    await expect(frame).toHaveText(String(hidden.last + 1));
    await page.keyboard.press('g');
    await expect(page.getByText('No more losses or untracked frames in this direction.')).toBeVisible();
    await page.keyboard.press('Home');
    await page.keyboard.press('u');
    await expect(list.locator('[aria-current="true"]')).toHaveCount(1);
    expect(Number(await frame.textContent())).toBeGreaterThanOrEqual(hidden.first);
    expect(Number(await frame.textContent())).toBeLessThanOrEqual(hidden.last);
    await page.keyboard.press('u');
    await expect(page.getByText('No more places to review in this direction.')).toBeVisible();
  });

  await test.step('what was looked at is done, also after a reload, and can be taken back', async () => {
    await expect(page.getByText('You have looked at everything.')).toBeVisible();
    await expect.poll(left).toBe(0);
    await page.reload();
    await expect(lost).toBeVisible({ timeout: 60_000 });
    await expect.poll(left).toBe(0);
    const row = list.getByRole('listitem').filter({ hasText: 'Lost at' });
    await row.getByRole('button', { name: 'Mark as not reviewed' }).click();
    await expect.poll(left).toBe(1);
    await lost.click();
    await expect.poll(left).toBe(0);
  });

  await test.step('nothing is inaccessible, at 100 % and at 200 %', async () => {
    await expectAccessible(page, 'the review list');
    await page.setViewportSize({ width: 720, height: 450 });
    await expectAccessible(page, 'the review list at 200 %');
  });
});

test('a new object has a colour that no other has, and a shape of its own', async ({ app: page }) => {
  await openSample(page);
  await page.keyboard.press('a');
  await expect(page.locator('li[data-object]')).toHaveCount(1);
  await page.getByRole('button', { name: 'Colour of Object 1' }).click();
  await page.getByRole('button', { name: '#2ec4ff' }).click();
  for (let count = 2; count <= 12; count++) {
    await page.keyboard.press('a');
    await expect(page.locator('li[data-object]')).toHaveCount(count);
  }
  const marks = page.locator('li[data-object] svg[data-shape]');
  const colours = await marks.locator('path').evaluateAll((paths) => paths.map((path) => path.getAttribute('fill')));
  expect(colours[0]).toBe('#2ec4ff');
  expect(new Set(colours).size).toBe(12);
  const shapes = await marks.evaluateAll((all) => all.map((mark) => mark.getAttribute('data-shape')));
  expect(new Set(shapes.slice(0, 7)).size).toBe(7);
});

test('candidate masks are shown as small pictures that differ, and are chosen by a click', async ({ app: page }) => {
  await openSample(page);
  await goToFrame(page, 60);
  await clickImage(page, onRabbit.x, onRabbit.y);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
  await page.keyboard.press('c');
  const strip = page.getByRole('toolbar', { name: 'Candidate masks' });
  const pictures = strip.getByRole('button', { name: /^Candidate \d of \d, rated \d+ %$/ });
  await expect(pictures.first()).toBeVisible();
  const drawn = await strip.locator('canvas').evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
  expect(drawn.length).toBeGreaterThan(1);
  expect(new Set(drawn).size).toBe(drawn.length);
  await pictures.last().click();
  await expect(pictures.last()).toHaveAttribute('aria-pressed', 'true');
  await expectAccessible(page, 'the candidates');
  await strip.getByRole('button', { name: 'Close the candidates' }).click();
  await expect(strip).toHaveCount(0);
});
