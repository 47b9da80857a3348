/** Settings, the log, and what is copied into a report. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, withFolder } from './host-fixture.ts';

test.use({ hostEnv: { SAM2_VIDEO_ENGINE_THREADS: '1' } });

test('every setting is found by its name and says what it does, its default, unit and range', async ({ app: page }) => {
  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  const search = dialog.getByRole('textbox', { name: 'Search settings' });
  await expect(search).toBeFocused();
  const controls = dialog.locator('[aria-describedby]');
  const names = await controls.evaluateAll((all) =>
    all.map((each) => (each as unknown as { labels: { textContent: string }[] }).labels[0]!.textContent),
  );
  expect(names.length).toBeGreaterThan(25);
  for (const name of names) {
    await search.fill(name);
    const control = dialog.getByLabel(name, { exact: true });
    await expect(control).toBeVisible();
    await expect(control).toHaveAccessibleDescription(/^[A-Z"].{15,} Default: \S/);
    if ((await control.getAttribute('type')) === 'number') await expect(control).toHaveAccessibleDescription(/ · [\d.]+ to [\d.]+/);
  }
  await search.fill('live buffer');
  await expect(dialog.getByLabel('Live buffer')).toHaveAccessibleDescription(/Default: 256 MB · 32 to 4096 MB$/);

  await test.step('other words find it too; the keys have their own dialog', async () => {
    await search.fill('gpu');
    await expect(dialog.getByLabel('Compute device')).toHaveAccessibleDescription(/Default: Automatic$/);
    await expect(controls).toHaveCount(1);
    await search.fill('no such thing');
    await expect(dialog.getByText('No matching setting. Try another word.')).toBeVisible();
    await search.fill('hotkeys');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await expect(dialog.getByLabel('Shortcuts', { exact: true })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Keyboard and mouse' })).toBeVisible();
  });
});

test.describe('with what another run left', () => {
  test.use({
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
    dataDir: ({}, use, { title }) =>
      withFolder('data', async (folder) => {
        const old = { version: 1, values: { 'ui.language': 'en', 'ui.theme': 'light' } };
        await writeFile(join(folder, 'settings.json'), title.includes('broken') ? '{"version": 1, "val' : JSON.stringify(old));
        await use(folder);
      }),
  });

  test('a broken settings file is set aside and the user told where it is', async ({ app: page, dataDir }) => {
    const told = page.getByRole('list', { name: 'Messages' }).getByText(/^The settings could not be read, so the defaults are used\./);
    await expect(told).toContainText(join(dataDir, 'settings.json.broken-'));
    const aside = (await readdir(dataDir)).filter((name) => name.startsWith('settings.json.broken-'));
    expect(await readFile(join(dataDir, aside[0]!), 'utf8')).toBe('{"version": 1, "val');
    // The app goes on, and keeps what is set from now on.
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await expect.poll(() => readFile(join(dataDir, 'settings.json'), 'utf8').catch(() => '')).toContain('light');
  });

  test("an older version's settings are taken over", async ({ app: page, dataDir, host }) => {
    test.skip(host === 'electron', 'electron-store has a frame of its own around them; settings-store.test.ts has both');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
    await page.getByRole('button', { name: 'Theme: light' }).click();
    await expect
      .poll(async () => JSON.parse(await readFile(join(dataDir, 'settings.json'), 'utf8')))
      .toEqual({ version: 2, values: { 'ui.theme': 'dark' } });
  });
});

test('settings say what decides them, are changed, and come back with Reset all', async ({ app: page }) => {
  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  const search = dialog.getByRole('textbox', { name: 'Search settings' });

  await search.fill('threads');
  await expect(dialog.getByText('Set by the environment variable SAM2_VIDEO_ENGINE_THREADS at the start')).toBeVisible();

  await search.fill('');
  const opacity = dialog.getByRole('spinbutton', { name: 'Mask opacity' });
  await opacity.fill('0.7');
  await opacity.press('Enter');
  const height = dialog.getByRole('combobox', { name: 'Picture while tracking' });
  await height.selectOption('360');
  await expect(height).toHaveValue('360');
  await page.reload();
  await page.keyboard.press('Control+,');
  await expect(height).toHaveValue('360');
  await expect(opacity).toHaveValue('0.7');

  // One alone, by its own button.
  await search.fill('opacity');
  await dialog.getByRole('button', { name: 'Reset Mask opacity to its default' }).press('Enter');
  await expect(opacity).toHaveValue('0.4');
  await expect(dialog.getByRole('button', { name: 'Reset Mask opacity to its default' })).toHaveCount(0);
  await opacity.fill('0.6');
  await opacity.press('Enter');
  await search.fill('');
  await expect(height).toHaveValue('360');
  await dialog.getByRole('button', { name: 'Reset all' }).click();
  await expect(height).toHaveValue('720');
  await expect(opacity).toHaveValue('0.4');
});

test('a profile sets what belongs together, and says when one of it was changed', async ({ app: page }) => {
  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  const height = dialog.getByRole('combobox', { name: 'Picture while tracking' });
  const profile = (name: string) => dialog.getByRole('radio', { name, exact: true });
  const heights: string[] = [];
  for (const name of ['Performance', 'Balanced', 'Quality']) {
    await dialog.getByText(name, { exact: true }).click();
    await expect(profile(name)).toBeChecked();
    heights.push(await height.inputValue());
  }
  expect(Number(heights[0])).toBeLessThan(Number(heights[2]));
  await profile('Quality').press('ArrowLeft');
  await expect(profile('Balanced')).toBeChecked();
  await profile('Balanced').press('ArrowRight');
  await expect(profile('Quality')).toBeChecked();
  await height.selectOption(heights[0]!);
  await expect(profile('Quality')).not.toBeChecked();
});

test('an export folder outside the allowed ones is refused with the reason', async ({ app: page, host }) => {
  test.skip(host === 'electron', 'the desktop may write where its user may');
  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  const folder = dialog.getByRole('textbox', { name: 'Export folder' });
  await folder.fill('/somewhere/else');
  await folder.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('status').or(page.getByRole('alert')).filter({ hasText: '/somewhere/else' })).toBeVisible();
});

test('the log is read and searched, and diagnostics are copied without the names of files', async ({ app: page, host }) => {
  if (host === 'web') await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill('messages errors');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Log' });
  await expect(dialog.getByRole('list', { name: 'Messages' })).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Search the log' }).fill('no such message');
  await expect(dialog.getByText('Nothing to show.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Copy diagnostics' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^SAM2 Video \d/);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('Model: ');
  expect(copied).not.toMatch(/\/(home|root|tmp|work)\//);
});
