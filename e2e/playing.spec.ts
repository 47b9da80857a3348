/** Playing where drawing is slow: fewer pixels while it plays, all of them when it stands still. */
import type { Page } from '@playwright/test';
import { expect, test } from './host-fixture.ts';
import { goToFrame, makeLongClip, openClip, openSample, pixelsAt, type TestHook } from './window.ts';

type HookWindow = { __sam2Test: TestHook };

const widths = (page: Page): Promise<{ picture: number; canvas: number }> =>
  page.evaluate(() => (globalThis as unknown as HookWindow).__sam2Test.drawnWidths());

const setBudget = (page: Page, ms: number): Promise<void> =>
  page.evaluate((budget) => (globalThis as unknown as HookWindow).__sam2Test.setDrawBudget(budget), ms);

/** All over the picture. */
const places = Array.from({ length: 40 }, (_, i) => ({ x: 20 + 31 * i, y: 40 + ((i * 97) % 640) }));

test('what takes too long to draw is played with fewer pixels, and is whole again when paused', async ({ app: page, exportDir, host }) => {
  // Where a path can be typed, a clip that no slow machine has played to its end, where all pixels are back.
  if (host === 'electron') await openSample(page);
  else await openClip(page, makeLongClip(exportDir, 10));
  // The first picture may come before it is known how large it is drawn.
  await goToFrame(page, 5);
  const full = await widths(page);

  await test.step('a drawing that fits its time stays as it is', async () => {
    await setBudget(page, 1e9);
    await page.keyboard.press('Space');
    await expect.poll(() => page.evaluate(() => (globalThis as unknown as HookWindow).__sam2Test.shownFrame())).toBeGreaterThan(8);
    expect(await widths(page)).toEqual(full);
    await page.keyboard.press('k');
  });

  await test.step('one that does not is made coarser, and so is the picture', async () => {
    await goToFrame(page, 0);
    await setBudget(page, 0);
    await page.keyboard.press('Space');
    await expect.poll(() => widths(page).then(({ canvas }) => canvas)).toBeLessThan(0.6 * full.canvas);
    await expect.poll(() => widths(page).then(({ picture }) => picture)).toBeLessThan(full.picture);
    await page.keyboard.press('k');
    await expect.poll(() => widths(page)).toEqual(full);
  });

  await test.step('what it stopped at is the same to the bit as if it had not played', async () => {
    const paused = await pixelsAt(page, places);
    const frame = Number(await page.getByLabel('Frame number').textContent());
    await goToFrame(page, 131);
    await goToFrame(page, frame);
    expect(paused).toEqual(await pixelsAt(page, places));
  });

  await test.step('the setting keeps it full', async () => {
    await page.keyboard.press('Control+,');
    const dialog = page.getByRole('dialog', { name: 'Settings' });
    await dialog.getByRole('textbox', { name: 'Search settings' }).fill('drawing quality');
    await dialog.getByRole('combobox', { name: 'Drawing quality while playing' }).selectOption('full');
    await page.keyboard.press('Escape');
    await goToFrame(page, 0);
    await page.keyboard.press('Space');
    await expect.poll(() => page.evaluate(() => (globalThis as unknown as HookWindow).__sam2Test.shownFrame())).toBeGreaterThan(20);
    expect(await widths(page)).toEqual(full);
  });
});
