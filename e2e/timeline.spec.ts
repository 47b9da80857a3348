/** The timeline: zoom, scroll, marks, jumps, pictures, and playing at several speeds. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './host-fixture.ts';
import { clickImage, goToFrame, openClip, openSample, type TestHook } from './window.ts';

const position = (page: Page) => page.getByRole('slider', { name: 'Position' });

test('the clip is found its way through on the timeline', async ({ app: page }) => {
  await openSample(page);
  const frame = page.getByLabel('Frame number');
  const slider = position(page);
  const box = (await slider.boundingBox())!;
  const scrollbar = page.getByRole('scrollbar', { name: 'Scroll the timeline' });

  await test.step('a press seeks, and a picture of the frame under the pointer is shown', async () => {
    await page.mouse.move(box.x + 140 + (box.width - 152) / 2, box.y + 10);
    await expect(page.getByText(/^0:02\.6\d · 6\d$/)).toBeVisible();
    await page.mouse.down();
    await page.mouse.up();
    await expect.poll(async () => Number(await frame.textContent())).toBeGreaterThan(60);
    expect(Number(await frame.textContent())).toBeLessThan(72);
  });

  await test.step('a frame or a time is typed', async () => {
    await page.getByRole('button', { name: /Go to a frame or a time$/ }).click();
    await page.keyboard.type('0:04');
    await page.keyboard.press('Enter');
    await expect(frame).toHaveText('100');
    await page.keyboard.press('Control+g');
    await page.keyboard.type('soon');
    await page.keyboard.press('Enter');
    await expect(page.getByText('"soon" is not a position in this clip.')).toBeVisible();
    await expect(frame).toHaveText('100');
    for (const [typed, wanted] of [
      ['-30', '70'],
      ['+7', '77'],
      ['+999', '131'],
    ] as const) {
      await page.keyboard.press('Control+g');
      await page.keyboard.type(typed);
      await page.keyboard.press('Enter');
      await expect(frame).toHaveText(wanted);
    }
  });

  await test.step('the wheel zooms, the playhead stays in view, and the whole is shown again', async () => {
    await expect(scrollbar).toHaveCount(0);
    await page.mouse.move(box.x + 300, box.y + 10);
    await page.mouse.wheel(0, -500);
    await expect(scrollbar).toBeVisible();
    await page.keyboard.press('End');
    const last = Number(await scrollbar.getAttribute('aria-valuemax'));
    await expect(scrollbar).toHaveAttribute('aria-valuenow', String(last));
    await page.keyboard.press('Home');
    await expect(scrollbar).toHaveAttribute('aria-valuenow', '0');
    await page.mouse.wheel(200, 0);
    await expect.poll(async () => Number(await scrollbar.getAttribute('aria-valuenow'))).toBeGreaterThan(0);
    await page.keyboard.press('Alt+0');
    await expect(scrollbar).toHaveCount(0);
  });

  await test.step('playing takes the view along, so that the playhead is always in it', async () => {
    await page.keyboard.press('Home');
    for (let n = 0; n < 3; n++) await page.keyboard.press('Alt+=');
    await expect(scrollbar).toHaveAttribute('aria-valuenow', '0');
    await page.keyboard.press('Space');
    const playhead = page.locator('[data-part="playhead"]');
    const first = Number(await scrollbar.getAttribute('aria-valuemax'));
    // The view holds some 16 frames, so it has to follow several times until the clip is through.
    await expect
      .poll(async () => {
        const at = await playhead.boundingBox();
        expect(at, 'the playhead is drawn').not.toBeNull();
        expect(at!.x).toBeGreaterThan(box.x + 130);
        expect(at!.x + at!.width).toBeLessThan(box.x + box.width + 1);
        return Number(await scrollbar.getAttribute('aria-valuenow'));
      })
      .toBeGreaterThan(first / 2);
    await page.keyboard.press('k');
    await page.keyboard.press('Alt+0');
  });

  await test.step('a held arrow goes on, and its pictures are shown', async () => {
    await page.keyboard.press('Home');
    for (let n = 0; n < 12; n++) await page.keyboard.down('ArrowRight');
    await page.keyboard.up('ArrowRight');
    await expect(frame).toHaveText('12');
    await expect.poll(() => page.evaluate(() => (globalThis as unknown as { __sam2Test: TestHook }).__sam2Test.shownFrame())).toBe(12);
  });

  await test.step('places are told in timecode when that is wanted, and typed so', async () => {
    const clock = page.getByRole('button', { name: /Go to a frame or a time$/ });
    await page.keyboard.press('Control+k');
    await page.keyboard.type('timecode');
    await page.keyboard.press('Enter');
    await expect(clock).toHaveText('00:00:00:12');
    await page.keyboard.press('Control+g');
    await page.keyboard.type('00:00:03:10');
    await page.keyboard.press('Enter');
    await expect(frame).toHaveText('85');
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Enter');
    await expect(clock).toHaveText('0:03.40');
  });

  await test.step('marks are set, jumped to, cleared and had back by undo', async () => {
    await goToFrame(page, 20);
    await page.keyboard.press('i');
    await goToFrame(page, 40);
    await page.keyboard.press('o');
    await expect(page.getByText('21 marked')).toBeVisible();
    await page.keyboard.press('Shift+I');
    await expect(frame).toHaveText('20');
    await page.keyboard.press('Shift+O');
    await expect(frame).toHaveText('40');
    await page.keyboard.press('Alt+x');
    await expect(page.getByText('21 marked')).toHaveCount(0);
    await page.keyboard.press('Control+z');
    await expect(page.getByText('21 marked')).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect(page.getByText('112 marked')).toBeVisible();
    await page.keyboard.press('Control+Shift+z');
    await page.keyboard.press('Control+Shift+z');
    await expect(page.getByText(/ marked$/)).toHaveCount(0);
  });

  await test.step('arrows go from prompt to prompt, G to the next gap', async () => {
    await goToFrame(page, 60);
    await clickImage(page, 560, 370);
    await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await expect(frame).toHaveText('60');
    await page.keyboard.press('g');
    await expect(frame).toHaveText('61');
    await page.keyboard.press('Shift+G');
    await expect(frame).toHaveText('0');
  });

  await test.step('J, K and L shuttle', async () => {
    await page.keyboard.press('l');
    await page.keyboard.press('l');
    await expect(page.getByText('2×')).toBeVisible();
    await page.keyboard.press('k');
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
    await page.keyboard.press('End');
    await page.keyboard.press('j');
    await expect.poll(async () => Number(await frame.textContent())).toBeLessThan(130);
    await page.keyboard.press('k');
  });
});

test('a clip of three hours is moved through, marked and tracked like a short one', async ({ app: page, exportDir, host }) => {
  test.skip(host === 'electron', 'the desktop app asks for a clip with a dialog of the system');
  const unit = join(exportDir, 'unit.mkv');
  const path = join(exportDir, 'long.mkv');
  const encode = ['-c:v', 'libx264', '-crf', '51', '-preset', 'veryfast', '-g', '250', '-pix_fmt', 'yuv420p'];
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x36:r=25:d=40', ...encode, unit]);
  execFileSync('ffmpeg', ['-v', 'error', '-stream_loop', '299', '-i', unit, '-c', 'copy', path]);
  await openClip(page, path);
  await expect(page.getByText('300,000 frames')).toBeVisible();
  const frame = page.getByLabel('Frame number');
  const shown = (): Promise<number> => page.evaluate(() => (globalThis as unknown as { __sam2Test: TestHook }).__sam2Test.shownFrame());

  await page.keyboard.press('End');
  await expect.poll(shown).toBe(299_999);
  await page.keyboard.press('Control+g');
  await page.keyboard.type('1:30:00');
  await page.keyboard.press('Enter');
  await expect(frame).toHaveText('135000');
  await expect.poll(shown).toBe(135_000);

  for (let n = 0; n < 20; n++) await page.keyboard.press('Alt+=');
  const scrollbar = page.getByRole('scrollbar', { name: 'Scroll the timeline' });
  await expect(scrollbar).toHaveAttribute('aria-valuemax', '299988');
  const from = Number(await scrollbar.getAttribute('aria-valuenow'));
  expect(from).toBeGreaterThan(134_987);
  expect(from).toBeLessThanOrEqual(135_000);

  await clickImage(page, 20, 18);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
  for (const [end, key] of [
    ['134998', 'i'],
    ['135003', 'o'],
  ] as const) {
    await page.keyboard.press('Control+g');
    await page.keyboard.type(end);
    await page.keyboard.press('Enter');
    await page.keyboard.press(key);
  }
  await expect(page.getByText('6 marked')).toBeVisible();
  await page.keyboard.press('Alt+r');
  await expect(page.getByText('6 frames · 1 prompt')).toBeVisible();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await expect(frame).toHaveText('135000');
  await page.keyboard.press('g');
  await expect(frame).toHaveText('135004');
});
