/**
 * Sources that are tracked while they run: the page's camera (Chromium's fake one), and a stream from a server on
 * loopback.
 */
import type { Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { expect, test } from './host-fixture.ts';
import { startStream } from './stream-server.ts';
import { clickImage } from './window.ts';

const bar = (page: Page) => page.getByRole('region', { name: 'Live source' });
const shown = async (page: Page): Promise<number> => Number(await page.getByLabel('Frame number').textContent());
const firstObject = (page: Page) => page.getByRole('button', { name: /^Object 1/ });

const expectLive = (page: Page) => expect(bar(page).getByText('LIVE', { exact: true })).toBeVisible({ timeout: 90_000 });

test('a camera is tracked live, looked back on, and is a clip with everything when it ends', async ({ app: page, host }) => {
  test.skip(host === 'electron', 'the desktop opens the cameras of the machine, of which a test machine has none');
  await page.getByRole('button', { name: 'Camera', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Camera' });
  await dialog.getByRole('button', { name: 'Track live' }).click();
  await expect(dialog).toHaveCount(0, { timeout: 60_000 });
  await expectLive(page);
  await expect.poll(() => shown(page)).toBeGreaterThan(5);

  await test.step('a click on the running picture makes an object, which is followed', async () => {
    await clickImage(page, 400, 240);
    await expect(firstObject(page)).toContainText('1 prompt', { timeout: 60_000 });
    await expect(firstObject(page)).toContainText(/[1-9]\d* frames/, { timeout: 60_000 });
    await expect(page.getByRole('radio', { name: 'On', exact: true })).toBeChecked();
    const status = page.getByRole('region', { name: 'Live', exact: true });
    await expect(status).toContainText(/Recorded 0:\d\d.*B/);
    await expect(status).toContainText(/\d ms/);
    await expect(page.getByRole('button', { name: 'Export' })).toBeDisabled();
    await expectAccessible(page, 'a live source');
  });

  await test.step('the view is held and stepped back while the recording goes on', async () => {
    await page.keyboard.press('Space');
    await expect(bar(page).getByText('PAUSED', { exact: true })).toBeVisible();
    const held = await shown(page);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => shown(page)).toBe(held - 1);
    await expect(bar(page).getByText(/^[1-9][\d.]* s behind$/)).toBeVisible();
    await clickImage(page, 300, 200);
    await expect(firstObject(page)).toContainText('2 prompts', { timeout: 60_000 });
    await page.keyboard.press('Shift+F');
    await expectLive(page);
    await expect.poll(() => shown(page)).toBeGreaterThan(held);
  });

  await test.step('following is switched off and on', async () => {
    await page.keyboard.press('t');
    await expect(page.getByRole('radio', { name: 'Off', exact: true })).toBeChecked();
    await page.keyboard.press('t');
    await expect(page.getByRole('radio', { name: 'On', exact: true })).toBeChecked();
  });

  await test.step('it ends as a clip', async () => {
    await bar(page).getByRole('button', { name: 'Stop and open' }).click();
    await expect(bar(page)).toHaveCount(0, { timeout: 90_000 });
    await expect(page).toHaveTitle(/^camera .* – SAM2 Video$/);
    await expect(firstObject(page)).toContainText('2 prompts');
    await expect(firstObject(page)).toContainText(/[1-9]\d* frames/);
    await expect(page.getByRole('button', { name: 'Track', exact: true })).toBeEnabled();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('button', { name: /^Positive point/ }).first()).toBeVisible();
  });
});

test('a stream is watched live by the keyboard alone; when it breaks off it is tried again, and what came is kept', async ({
  app: page,
  host,
}) => {
  test.skip(host === 'electron', "the desktop's dialog for addresses is the system's");
  const stream = await startStream();
  try {
    await page.keyboard.press('Control+o');
    const dialog = page.getByRole('dialog', { name: 'Open a clip' });
    await dialog.getByRole('textbox').fill(stream.url);
    await dialog.getByRole('button', { name: 'Watch live' }).press('Enter');
    await expect(dialog).toHaveCount(0, { timeout: 60_000 });
    await expectLive(page);
    await page.keyboard.press('Control+ArrowLeft');
    await page.keyboard.press('e');
    await expect(firstObject(page)).toContainText('1 prompt', { timeout: 60_000 });
    await expect(firstObject(page)).toContainText(/[1-9]\d* frames/, { timeout: 60_000 });

    stream.breakOff();
    await expect(bar(page).getByText('WAITING', { exact: true })).toBeVisible({ timeout: 60_000 });
    await expect(bar(page).getByRole('status')).toContainText(/Try \d+/, { timeout: 60_000 });
    await expectAccessible(page, 'a live source');

    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('stop the live source');
    await page.keyboard.press('Enter');
    await expect(bar(page)).toHaveCount(0, { timeout: 90_000 });
    await expect(firstObject(page)).toContainText(/[1-9]\d* frames/);
    await expect(page.getByRole('button', { name: 'Track', exact: true })).toBeEnabled();
  } finally {
    stream.close();
  }
});
