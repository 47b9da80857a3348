/** Opening from a browser: the file browser, its search, its keyboard, sending a file, and pasting one. */
import { cp, mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expectAccessible } from './axe.ts';
import { expect, test } from './host-fixture.ts';
import { sampleClip } from './web-host.ts';

test.beforeEach(({ host }) => test.skip(host === 'electron', "the desktop has the system's own dialog"));

test('a clip is found in the allowed folders, by its picture, by search and by keyboard alone', async ({ app: page, exportDir }) => {
  await mkdir(join(exportDir, 'holiday'));
  await cp(sampleClip, join(exportDir, 'holiday/harbour.mp4'));
  await cp(sampleClip, join(exportDir, 'holiday/park with a very long name that has no end in sight whatever the window does.mp4'));
  await page.keyboard.press('Control+o');
  const files = page.getByRole('region', { name: /^Files on the machine/ });

  await test.step('folders open by a click, clips have pictures', async () => {
    await files.getByRole('button', { name: new RegExp(basename(exportDir)) }).click();
    await files.getByRole('button', { name: 'holiday' }).click();
    await expect(files.getByRole('button', { name: /harbour/ }).locator('img')).toBeVisible({ timeout: 30_000 });
    await expect(files.getByText('2 shown')).toBeVisible();
    await expectAccessible(page, 'the file browser');
  });

  await test.step('search narrows, and says when nothing is left', async () => {
    const search = files.getByRole('searchbox');
    await search.fill('nothing like it');
    await expect(files.getByText('Nothing here is named "nothing like it".')).toBeVisible();
    await search.fill('HARBOUR');
    await expect(files.getByRole('button', { name: /park/ })).toHaveCount(0);
    await search.fill('');
  });

  await test.step('arrows move, Backspace goes up, Enter opens', async () => {
    await files.getByRole('button', { name: /harbour/ }).focus();
    await page.keyboard.press('ArrowRight');
    await expect(files.getByRole('button', { name: /^park/ })).toBeFocused();
    await page.keyboard.press('Backspace');
    await files.getByRole('button', { name: 'holiday' }).focus();
    await page.keyboard.press('Enter');
    await files.getByRole('button', { name: /harbour/ }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('banner').getByText('harbour.mp4')).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });
});

test('a file of the device is sent by a button, and opens', async ({ app: page }) => {
  await page.keyboard.press('Control+o');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Send a file from this device…' }).click();
  await (await chooser).setFiles({ name: 'sent.mp4', mimeType: 'video/mp4', buffer: await readFile(sampleClip) });
  await expect(page.getByRole('banner').getByText('sent.mp4')).toBeVisible({ timeout: 60_000 });
});

test('a pasted file opens', async ({ app: page }) => {
  const data = (await readFile(sampleClip)).toString('base64');
  await page.evaluate((text) => {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], 'pasted.mp4', { type: 'video/mp4' }));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, data);
  await expect(page.getByRole('banner').getByText('pasted.mp4')).toBeVisible({ timeout: 60_000 });
});
