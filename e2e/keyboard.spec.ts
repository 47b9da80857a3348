/** The first start and the main job without a mouse: open, point, correct, track, look, export. */
import type { Page } from '@playwright/test';
import { expect, test } from './host-fixture.ts';
import type { TestHook } from './window.ts';

/** Presses Tab until a control has the focus, as somebody without a mouse does. */
const tabTo = async (page: Page, name: string | RegExp): Promise<void> => {
  const wanted = page.getByRole('button', { name });
  for (let n = 0; n < 80; n++) {
    if (await wanted.evaluate((control) => control === document.activeElement).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to ${name}.`);
};

const shownFrame = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { __sam2Test: TestHook }).__sam2Test.shownFrame());

test('at the first start the sample, three hints and the keyboard are enough', async ({ app: page }) => {
  const hint = page.getByRole('complementary', { name: 'Hint' });

  await test.step('nothing is asked: the sample is one press away', async () => {
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(hint).toHaveCount(0);
    await tabTo(page, 'Open the sample clip');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible({ timeout: 60_000 });
    await expect(hint).toContainText('1 of 3');
  });

  await test.step('a place is typed, an object is pointed at, another of its masks taken, a point taken away', async () => {
    await page.keyboard.press('Control+g');
    await page.keyboard.type('60');
    await page.keyboard.press('Enter');
    await expect.poll(() => shownFrame(page)).toBe(60);
    for (let n = 0; n < 3; n++) await page.keyboard.press('Control+ArrowLeft');
    await page.keyboard.press('e');
    await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
    await expect(hint).toContainText('2 of 3');
    await page.keyboard.press('c');
    await expect(page.getByRole('button', { name: /next candidate/ })).toContainText(/Mask \d of 4/);
    for (let n = 0; n < 9; n++) await page.keyboard.press('Control+ArrowUp');
    await page.keyboard.press('Shift+E');
    await expect(page.getByRole('button', { name: /^Negative point/ })).toBeVisible();
    await page.keyboard.press('Backspace');
    await expect(page.getByRole('button', { name: /^Negative point/ })).toHaveCount(0);
  });

  await test.step('a range is marked and tracked, and what is left is found', async () => {
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('i');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('o');
    await expect(page.getByText('26 marked')).toBeVisible();
    await page.keyboard.press('Alt+r');
    await expect(page.getByText('26 frames · 1 prompt')).toBeVisible({ timeout: 120_000 });
    await expect(hint).toContainText('3 of 3');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await expect(page.getByLabel('Frame number')).toHaveText('60');
    await page.keyboard.press('g');
    await expect(page.getByLabel('Frame number')).toHaveText('84');
  });

  await test.step('it is exported', async () => {
    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await expect(dialog.getByText(/^About .* free$/)).toBeVisible();
    await tabTo(page, 'Start export');
    await page.keyboard.press('Enter');
    await expect(dialog.getByText('Export finished')).toBeVisible({ timeout: 120_000 });
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });

  await test.step('and the hints go for good', async () => {
    await tabTo(page, 'Got it');
    await page.keyboard.press('Enter');
    await expect(hint).toHaveCount(0);
    await page.reload();
    await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible();
    await expect(hint).toHaveCount(0);
  });
});
