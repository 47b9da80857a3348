/** A low or narrow window, as at 200 % zoom: everything is reachable and nothing lies over anything. */
import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { expect, test } from './host-fixture.ts';
import { clickImage, openSample } from './window.ts';

/** 200 % of 1440 x 900 and of 1280 x 720, and a narrow one. */
const sizes = [
  { width: 720, height: 450 },
  { width: 640, height: 360 },
  { width: 880, height: 600 },
] as const;

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const boxOf = async (part: Locator): Promise<Box> => {
  const box = await part.boundingBox();
  expect(box, String(part)).not.toBeNull();
  const { x, y, width, height } = box!;
  return { left: x, right: x + width, top: y, bottom: y + height };
};

const isApart = (a: Box, b: Box): boolean =>
  a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;

const parts = (page: Page): Record<string, Locator> => ({
  menu: page.getByRole('menubar'),
  saved: page.getByRole('banner').getByRole('status'),
  export: page.getByRole('banner').getByRole('button', { name: 'Export' }),
  tools: page.getByRole('toolbar', { name: 'Tools' }),
  mode: page.getByRole('toolbar', { name: 'Prompt mode' }),
  view: page.getByRole('toolbar', { name: 'View' }),
  side: page.getByRole('complementary', { name: 'Objects and tracking' }),
  clock: page.getByRole('button', { name: /Go to a frame or a time$/ }),
  playback: page.getByRole('toolbar', { name: 'Playback' }),
  marks: page.getByRole('toolbar', { name: 'Marks' }),
  zoom: page.getByRole('toolbar', { name: 'Timeline zoom' }),
});

test('a small window hides nothing', async ({ app: page, host }) => {
  test.skip(host === 'electron', 'the size of the page is set');
  await openSample(page);
  await clickImage(page, 560, 370);
  const row = page.getByRole('button', { name: /^Object 1/ });
  await expect(row).toContainText('1 prompt');
  for (const size of sizes) {
    const name = `${size.width} x ${size.height}`;
    await test.step(name, async () => {
      await page.setViewportSize(size);
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.width);
      const boxes: [string, Box][] = [];
      for (const [part, locator] of Object.entries(parts(page))) {
        if (await locator.count()) boxes.push([part, await boxOf(locator)]);
      }
      const over = boxes.flatMap(([a, box], i) =>
        boxes.slice(i + 1).flatMap(([b, other]) => (isApart(box, other) ? [] : [`${a} over ${b}`])),
      );
      expect(over).toEqual([]);
      for (const [part, box] of boxes) {
        expect(box.left, part).toBeGreaterThanOrEqual(0);
        expect(box.right, part).toBeLessThanOrEqual(size.width);
      }
      await row.scrollIntoViewIfNeeded();
      await row.click();
      await page.getByRole('button', { name: 'Track', exact: true }).scrollIntoViewIfNeeded();
      await expect(page.getByRole('button', { name: 'Track', exact: true })).toBeInViewport();
      await expect(page.getByRole('button', { name: 'Hand' })).toBeVisible();
    });
  }

  await test.step('the card at the timeline covers no control', async () => {
    await page.setViewportSize({ width: 1280, height: 720 });
    const lanes = await boxOf(page.getByRole('slider', { name: 'Position' }).or(page.locator('#timeline-lanes')).first());
    await page.mouse.move(640, lanes.top + 30);
    const card = page.locator('[data-part="hover-picture"]').locator('..');
    await expect(card).toBeVisible();
    expect(isApart(await boxOf(card), await boxOf(page.getByRole('toolbar', { name: 'Playback' })))).toBe(true);
    await page.mouse.move(640, 5);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    await test.step(`axe at 100 % and 200 %, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      for (const size of [{ width: 1280, height: 720 }, sizes[1]]) {
        await page.setViewportSize(size);
        await expectAccessible(page, `${colorScheme} at ${size.width} px`);
      }
    });
  }

  await test.step('high contrast tells what is pressed', async () => {
    await page.emulateMedia({ forcedColors: 'active' });
    await page.setViewportSize({ width: 1280, height: 720 });
    const colours = await page
      .getByRole('toolbar', { name: 'Tools' })
      .getByRole('button')
      .evaluateAll((buttons) => buttons.map((button) => `${button.ariaPressed} ${getComputedStyle(button).backgroundColor}`));
    expect(new Set(colours).size).toBe(2);
  });
});
