/** The window's own behaviour: opening what can't be opened, prompts, objects, the keyboard. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from './host-fixture.ts';
import { clickImage, goToFrame, openSample, pagePoint } from './window.ts';

const root = resolve(import.meta.dirname, '..');

test('a path that is no video is refused with the reason, and the dialog stays', async ({ app: page, host, exportDir }) => {
  test.skip(host === 'electron', "the desktop uses the system's dialog");
  const notVideo = join(exportDir, 'notes.mp4');
  await writeFile(notVideo, 'these are notes, not a video');
  await page.keyboard.press('Control+o');
  const dialog = page.getByRole('dialog', { name: 'Open a clip' });
  for (const path of [notVideo, join(exportDir, 'missing.mp4'), '/etc/hostname']) {
    await dialog.getByRole('textbox').fill(path);
    await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(dialog.getByRole('alert')).toContainText(path);
  }
  await dialog.getByRole('textbox').fill(join(root, 'tests/fixtures/cartoon/sample.mp4'));
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(dialog).toBeHidden({ timeout: 60_000 });
  await expect(page.getByRole('banner').getByText('sample.mp4')).toBeVisible();
});

test('points are added and removed, objects are named, hidden and deleted', async ({ app: page }) => {
  await openSample(page);
  await goToFrame(page, 60);
  await clickImage(page, 560, 370);
  const positive = page.getByRole('button', { name: /^Positive point/ });
  const negative = page.getByRole('button', { name: /^Negative point/ });
  await expect(positive).toHaveCount(1);

  await clickImage(page, 900, 300, 'right');
  await expect(negative).toHaveCount(1);
  await page.keyboard.press('n');
  await clickImage(page, 1000, 200);
  await expect(negative).toHaveCount(2);
  await page.keyboard.press('n');
  const at = await pagePoint(page, 900, 300);
  await page.mouse.click(at.x, at.y);
  await expect(negative).toHaveCount(1);
  await expect(positive).toHaveCount(1);

  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'Object name' }).fill('Rabbit');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Rabbit/ })).toBeVisible();
  await page.getByRole('button', { name: 'Hide Rabbit' }).click();
  await expect(positive).toHaveCount(0);
  await page.getByRole('button', { name: 'Show Rabbit' }).click();

  await page.getByRole('button', { name: 'Deselect' }).click();
  const from = await pagePoint(page, 800, 250);
  const to = await pagePoint(page, 1150, 500);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByRole('button', { name: /^Object 2/ })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('button', { name: /^Object 2/ })).toContainText('1 prompt');
  await page.getByRole('button', { name: 'Delete Object 2' }).click();
  await expect(page.getByRole('button', { name: /^Object 2/ })).toHaveCount(0);
});

test('the keyboard plays, steps and shows its own cheat-sheet', async ({ app: page }) => {
  await openSample(page);
  const frame = page.getByLabel('Frame number');
  await page.keyboard.press('End');
  await expect(frame).toHaveText('131');
  await page.keyboard.press('ArrowLeft');
  await expect(frame).toHaveText('130');
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(frame).toHaveText('105');
  await page.keyboard.press('Home');
  await page.keyboard.press('.');
  await expect(frame).toHaveText('1');
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect.poll(async () => Number(await frame.textContent())).toBeGreaterThan(10);
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard and mouse' })).toContainText('Next frame');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('the wheel zooms at the pointer and the picture can be fitted again', async ({ app: page }) => {
  await openSample(page);
  const under = await pagePoint(page, 400, 300);
  const next = await pagePoint(page, 401, 301);
  // The wheel tells its place in whole pixels of the page, so the picture's point at such a place is the one that has
  // to stay.
  const pointer = { x: Math.round(under.x), y: Math.round(under.y) };
  const held = { x: 400 + (pointer.x - under.x) / (next.x - under.x), y: 300 + (pointer.y - under.y) / (next.y - under.y) };
  await page.mouse.move(pointer.x, pointer.y);
  await page.mouse.wheel(0, -600);
  await expect.poll(async () => (await pagePoint(page, 401, 300)).x - (await pagePoint(page, 400, 300)).x).toBeGreaterThan(1);
  const after = await pagePoint(page, held.x, held.y);
  expect(Math.hypot(after.x - pointer.x, after.y - pointer.y)).toBeLessThan(1);
  await page.keyboard.press('Control+0');
  await expect.poll(async () => Math.round((await pagePoint(page, 400, 300)).x)).toBe(Math.round(under.x));
});
