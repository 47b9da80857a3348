/** Settings, the log, and what is copied into a report. */
import { expect, test } from './host-fixture.ts';

test.use({ hostEnv: { SAM2_VIDEO_ENGINE_THREADS: '1' } });

test('settings say what decides them, are changed, and come back with Reset all', async ({ app: page }) => {
  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  const search = dialog.getByRole('textbox', { name: 'Search settings' });

  await search.fill('threads');
  await expect(dialog.getByRole('spinbutton', { name: 'Threads' })).toBeDisabled();
  await expect(dialog.getByText('Decided by SAM2_VIDEO_ENGINE_THREADS in the environment.')).toBeVisible();

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
