/** The camera (Chromium's fake device) and files dropped on the window. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { expect, test } from './host-fixture.ts';
import { expectTabs, sampleFrames } from './window.ts';

/** Drops the bundled clip on the window under names, as a file manager does. */
const drop = async (page: Page, ...names: string[]): Promise<void> => {
  const data = (await readFile('tests/fixtures/cartoon/sample.mp4')).toString('base64');
  const transfer = await page.evaluateHandle(
    ({ text, called }) => {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const made = new DataTransfer();
      for (const name of called) made.items.add(new File([bytes], name, { type: 'video/mp4' }));
      return made;
    },
    { text: data, called: names },
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
};

test('a camera is chosen, recorded and opened as a clip', async ({ app: page }) => {
  await page.getByRole('button', { name: 'Camera', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Camera', exact: true });
  const picker = dialog.getByRole('combobox', { name: 'Camera' });
  await expect(picker.getByRole('option')).toHaveText([/^fake_device_0/, /^fake_device_1/]);
  const shownDevice = () =>
    dialog
      .locator('video')
      .evaluate((video) => ((video as HTMLVideoElement).srcObject as MediaStream | null)?.getVideoTracks()[0]?.label ?? '');
  await picker.focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(shownDevice).toMatch(/^fake_device_1/);
  await expect(picker.getByRole('option', { selected: true })).toHaveText(/^fake_device_1/);
  await dialog.getByRole('button', { name: 'Record', exact: true }).click();
  await expect(dialog.getByText(/^Recording, ([3-9]|\d\d) s/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Stop and open' }).click();
  await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible({ timeout: 60_000 });
  await expect(dialog).toHaveCount(0);
  await expect(page).toHaveTitle(/^camera .* – SAM2 Video$/);
});

test('a camera that is not allowed is explained, and tried again', async ({ app: page, host }) => {
  await page.evaluate(() => {
    const devices = navigator.mediaDevices;
    const original = devices.getUserMedia.bind(devices);
    let refusals = 1;
    devices.getUserMedia = (constraints) =>
      refusals-- > 0 ? Promise.reject(new DOMException('Permission denied', 'NotAllowedError')) : original(constraints);
  });
  await page.getByRole('button', { name: 'Camera', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Camera', exact: true });
  await expect(dialog.getByRole('alert')).toContainText('The camera is blocked. Allow it, then try again:');
  const steps = dialog.getByRole('alert').getByRole('listitem');
  if (host === 'web') await expect(steps.first()).toContainText('beside the address');
  await expect(steps.last()).toContainText(/^In (Linux|macOS|Windows), /);
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(dialog.getByRole('button', { name: 'Record', exact: true })).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
});

test('files that are dropped on the window are sent and opened, each in a tab', async ({ app: page, host }) => {
  test.skip(host === 'electron', 'the desktop opens a dropped file where it lies');
  await drop(page, 'dropped.mp4');
  await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(`${sampleFrames} frames`)).toBeVisible();
  await expect(page).toHaveTitle('dropped.mp4 – SAM2 Video');
  await drop(page, 'second.mp4', 'third.mp4');
  await expect(page).toHaveTitle('third.mp4 – SAM2 Video', { timeout: 60_000 });
  await expectTabs(page, ['dropped.mp4', 'second.mp4', 'third.mp4'], 'third.mp4');
});

test('imported clips are seen in the settings, and removed when no project uses them and the user says so', async ({ app: page, host }) => {
  test.skip(host === 'electron', 'the desktop opens a dropped file where it lies');
  for (const name of ['first.mp4', 'worked on.mp4', 'last.mp4']) {
    await drop(page, name);
    await expect(page).toHaveTitle(`${name} – SAM2 Video`, { timeout: 60_000 });
    if (name.startsWith('worked')) {
      // Work makes a project of it.
      await page.keyboard.press('a');
      await expect(page.getByRole('button', { name: /^Object 1/ })).toBeVisible();
    }
    // What is open is not removed.
    if (name !== 'last.mp4') await page.keyboard.press('Alt+w');
    // A clip that nobody has looked at stays in use: only who takes it off the list has no use for it.
    if (name === 'first.mp4') await page.getByRole('button', { name: 'Remove first from this list' }).click();
  }
  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  await dialog.getByRole('textbox', { name: 'Search settings' }).fill('storage');
  const storage = dialog.getByRole('region', { name: 'Storage' });
  await expect(storage.getByText(/^3 clips, /)).toBeVisible();
  const row = (name: string) => storage.getByRole('listitem').filter({ hasText: name });
  await expect(row('first.mp4')).toContainText('not used by any project');
  await expect(row('worked on.mp4')).toContainText('used by worked on');
  const remove = storage.getByRole('button', { name: 'Remove unused clips…' });
  await remove.click();
  await storage.getByRole('button', { name: 'Keep' }).click();
  await expect(storage.getByRole('listitem')).toHaveCount(3);
  await remove.click();
  await storage.getByRole('button', { name: /^Permanently remove 1 clip/ }).click();
  await expect(storage.getByRole('status')).toContainText(/^1 clip removed, .* freed\.$/);
  await expect(row('first.mp4')).toHaveCount(0);
  await expect(row('last.mp4')).toBeVisible();
  await expect(remove).toBeDisabled();
  await storage.getByRole('button', { name: 'Open worked on.mp4' }).click();
  await expect(page).toHaveTitle('worked on.mp4 – SAM2 Video', { timeout: 60_000 });
});

test('an address that is pasted is fetched and opened; one that leads nowhere is refused with the reason', async ({ app: page }) => {
  const clip = await readFile('tests/fixtures/cartoon/sample.mp4');
  const server = createServer((request, response) => {
    if (request.url !== '/meadow.mp4') return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': clip.length }).end(clip);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const paste = (name: string): Promise<void> =>
    page.evaluate(
      (address) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', address);
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      },
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`,
    );
  try {
    await paste('nothing.mp4');
    // The dialog is back, with what was pasted to be corrected.
    const dialog = page.getByRole('dialog', { name: 'Open a clip' });
    await expect(dialog.getByRole('alert')).toHaveText(/nothing\.mp4 is not there/, { timeout: 60_000 });
    await expect(dialog.getByRole('textbox')).toHaveValue(/nothing\.mp4$/);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await paste('meadow.mp4');
    await expect(page.getByText(`${sampleFrames} frames`)).toBeVisible({ timeout: 60_000 });
    await expect(page).toHaveTitle(/^meadow\..* – SAM2 Video$/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
