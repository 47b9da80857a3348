/** The camera (Chromium's fake device) and files dropped on the window. */
import { readFile } from 'node:fs/promises';
import { expect, test } from './host-fixture.ts';
import { sampleFrames } from './window.ts';

test('a camera is chosen, recorded and opened as a clip', async ({ app: page }) => {
  await page.getByRole('button', { name: 'Record from a camera' }).click();
  const dialog = page.getByRole('dialog', { name: 'Record from a camera' });
  await expect(dialog.getByRole('combobox', { name: 'Camera' })).toContainText(/fake/i);
  await dialog.getByRole('button', { name: 'Record', exact: true }).click();
  await expect(dialog.getByText(/^Recording, ([3-9]|\d\d) s/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Stop and open' }).click();
  await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible({ timeout: 60_000 });
  await expect(dialog).toHaveCount(0);
  expect(await page.title()).toMatch(/^camera .* – SAM2 Video$/);
});

test('a camera that is not allowed is explained, and tried again', async ({ app: page }) => {
  await page.evaluate(() => {
    const devices = navigator.mediaDevices;
    const original = devices.getUserMedia.bind(devices);
    let refusals = 1;
    devices.getUserMedia = (constraints) =>
      refusals-- > 0 ? Promise.reject(new DOMException('Permission denied', 'NotAllowedError')) : original(constraints);
  });
  await page.getByRole('button', { name: 'Record from a camera' }).click();
  const dialog = page.getByRole('dialog', { name: 'Record from a camera' });
  await expect(dialog.getByRole('alert')).toContainText('The camera is not allowed. Allow it for this page');
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(dialog.getByRole('button', { name: 'Record', exact: true })).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
});

test('a file that is dropped on the window is sent and opened', async ({ app: page, host }) => {
  test.skip(host === 'electron', 'the desktop opens a dropped file where it lies');
  const data = (await readFile('resources/sample.mp4')).toString('base64');
  const transfer = await page.evaluateHandle((text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const made = new DataTransfer();
    made.items.add(new File([bytes], 'dropped.mp4', { type: 'video/mp4' }));
    return made;
  }, data);
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(`${sampleFrames} frames`)).toBeVisible();
  expect(await page.title()).toBe('dropped.mp4 – SAM2 Video');
});
