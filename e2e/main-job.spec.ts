/** The main job: open a clip, click an object, track it, export it. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from './host-fixture.ts';
import { clickImage, framesPerSecond, goToFrame, maskStrength, openSample, sampleFrames } from './window.ts';

/** On the rabbit's belly at frame 60, and still on it at frame 100. */
const onRabbit = { x: 560, y: 370 };
const onRabbitLater = { x: 470, y: 340 };
const onSky = { x: 1220, y: 120 };
/** A mask's fill changes a pixel by more than this, and nothing else does. */
const isMasked = 15;

/** Plays the video that a page of the browser shows and gives its length in seconds once it moved. */
const playVideo = async (page: Page): Promise<number> => {
  type Video = { muted: boolean; currentTime: number; duration: number; play(): Promise<void> };
  const video = page.locator('video');
  await video.evaluate((v) => {
    (v as unknown as Video).muted = true;
    return (v as unknown as Video).play();
  });
  await expect.poll(() => video.evaluate((v) => (v as unknown as Video).currentTime)).toBeGreaterThan(0.2);
  return video.evaluate((v) => (v as unknown as Video).duration);
};

test('a clicked object is masked, tracked and exported', async ({ app: page, host }) => {
  await openSample(page);
  await goToFrame(page, 60);

  await test.step('its mask appears on the click', async () => {
    await clickImage(page, onRabbit.x, onRabbit.y);
    await expect(page.getByRole('button', { name: /^Positive point 1/ })).toBeVisible();
    await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
    // Beside the point, which is drawn over the mask.
    await expect.poll(() => maskStrength(page, onRabbit.x + 30, onRabbit.y)).toBeGreaterThan(isMasked);
    expect(await maskStrength(page, onSky.x, onSky.y)).toBe(0);
  });

  await test.step('Track follows it through the clip', async () => {
    await page.getByRole('button', { name: 'Track', exact: true }).click();
    await expect(page.getByRole('progressbar', { name: 'Tracking progress' })).toBeVisible();
    const status = page.getByRole('contentinfo');
    await expect(status).toContainText(/\d frames\/s/);
    await expect(status).toContainText(/Queue \d+.*\d [MG]B memory/);
    await expect(status).toContainText(/ · \d+ px · [A-Z]+/);
    await expect(page.getByText('All frames · 1 prompt')).toBeVisible({ timeout: 300_000 });
    await expect(page.getByRole('button', { name: 'Track', exact: true })).toBeEnabled();
    await goToFrame(page, 100);
    await expect.poll(() => maskStrength(page, onRabbitLater.x, onRabbitLater.y)).toBeGreaterThan(isMasked);
    expect(await maskStrength(page, onSky.x, onSky.y)).toBe(0);
  });

  await test.step('Export writes files that open', async () => {
    await page.getByRole('button', { name: 'Export' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await dialog.getByRole('button', { name: 'Start export' }).click();
    await expect(dialog.getByText('Export finished')).toBeVisible({ timeout: 120_000 });
    const files = dialog.getByRole('list', { name: 'Written files' }).getByRole('listitem');
    await expect(files).toHaveCount(3);
    const resultsText = async (): Promise<string> => {
      if (host === 'electron')
        return readFile((await files.filter({ hasText: 'results.json' }).getByText(/[\\/]/).textContent()) ?? '', 'utf8');
      const href = await dialog.getByRole('link', { name: 'Open results.json' }).getAttribute('href');
      return (await page.request.get(href!)).text();
    };
    const results = JSON.parse(await resultsText()) as { frames: unknown[] };
    expect(results.frames).toHaveLength(sampleFrames);
    if (host === 'electron') return;
    const opened = page.waitForEvent('popup');
    await dialog.getByRole('link', { name: 'Open annotated.mp4' }).click();
    expect(await playVideo(await opened)).toBeCloseTo(sampleFrames / framesPerSecond, 1);
  });
});
