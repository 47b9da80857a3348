/** How the window looks and who can use it: axe on every panel in both themes, sizes, theme, docks. */
import type { Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { expect, test } from './host-fixture.ts';
import { clickImage, goToFrame, openSample } from './window.ts';

const press = (keys: string) => (page: Page) => page.keyboard.press(keys);
const dialogs: [string, (page: Page) => Promise<void>][] = [
  ['command palette', press('Control+k')],
  ['keyboard shortcuts', press('?')],
  ['settings', press('Control+,')],
  ['models', press('m')],
  ['export', press('Control+e')],
];

test('axe finds nothing wrong on any panel, light or dark', async ({ app: page, host }) => {
  await expectAccessible(page, 'empty window, dark');
  await openSample(page);
  await goToFrame(page, 60);
  await clickImage(page, 560, 370);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    await expectAccessible(page, `workspace, ${colorScheme}`);
    for (const [name, open] of dialogs) {
      await open(page);
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page, `${name}, ${colorScheme}`);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
    await page.getByRole('tab', { name: 'Memory' }).click();
    await expect(page.getByRole('region', { name: 'Memory' })).toBeVisible();
    await expectAccessible(page, `memory, ${colorScheme}`);
    await page.getByRole('tab', { name: 'Objects' }).click();
    await page.getByRole('button', { name: 'More actions for Object 1' }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    await expectAccessible(page, `object menu, ${colorScheme}`);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menu')).toHaveCount(0);
    if (host === 'electron') continue;
    await page.keyboard.press('Control+o');
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessible(page, `open, ${colorScheme}`);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
});

test('theme, docks and marks of the hints are kept; the window fits small and large screens', async ({ app: page }) => {
  await openSample(page);
  const html = page.locator('html');

  await test.step('the theme is chosen in the window and outlives it', async () => {
    await expect(html).toHaveAttribute('data-theme', 'dark');
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await expect(html).toHaveAttribute('data-theme', 'light');
    await page.getByRole('button', { name: 'Got it' }).click();
    await page.reload();
    await expect(page.getByRole('button', { name: 'Theme: light' })).toBeVisible();
    await expect(html).toHaveAttribute('data-theme', 'light');
    await expect(page.getByRole('complementary', { name: 'Hint' })).toHaveCount(0);
  });

  await test.step('docks are resized by keyboard and pointer, and put away', async () => {
    const side = page.getByRole('complementary', { name: 'Objects and tracking' });
    const line = page.getByRole('separator', { name: 'Width of the side panel' });
    const before = (await side.boundingBox())!.width;
    await line.focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => (await side.boundingBox())!.width).toBe(before + 16);
    const at = (await line.boundingBox())!;
    await page.mouse.move(at.x, at.y + 100);
    await page.mouse.down();
    await page.mouse.move(at.x - 60, at.y + 100);
    await page.mouse.up();
    await expect.poll(async () => (await side.boundingBox())!.width).toBeGreaterThan(before + 60);
    await page.keyboard.press('Control+b');
    await expect(side).toHaveCount(0);
    await page.keyboard.press('Control+b');
    await expect(side).toBeVisible();
  });

  await test.step('nothing is cut off at 1280 x 720 or 2560 x 1440', async () => {
    for (const size of [
      { width: 1280, height: 720 },
      { width: 2560, height: 1440 },
    ]) {
      await page.setViewportSize(size);
      const area = async (): Promise<number> => {
        const picture = (await page.getByRole('application').boundingBox())!;
        return picture.width * picture.height;
      };
      await expect.poll(area).toBeGreaterThan(size.width * size.height * 0.4);
      const fits = () =>
        page.evaluate('document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight');
      await expect.poll(fits).toBe(true);
      await expect(page.getByRole('button', { name: 'Track', exact: true })).toBeInViewport({ ratio: 1 });
      await expect(page.getByRole('contentinfo')).toBeInViewport({ ratio: 1 });
    }
  });
});
