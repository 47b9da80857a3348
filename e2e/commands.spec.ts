/** Menus, palette and keys: three ways to the same commands. */
import { commandIds, commands } from '../src/shared/commands.ts';
import { shortcutOf } from '../src/shared/keymap.ts';
import { expect, test } from './host-fixture.ts';
import { openSample } from './window.ts';

test('commands are given by menu, palette and keys, and keys can be changed', async ({ app: page, host }) => {
  await openSample(page);
  const frame = page.getByLabel('Frame number');

  await test.step('the menu bar works by keyboard and says what cannot be done now', async (step) => {
    step.skip(host === 'electron', 'the system draws the menus there');
    await page.getByRole('menuitem', { name: 'File' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const menu = page.getByRole('menu', { name: 'Track' });
    await expect(menu.getByRole('menuitem', { name: /^Track T/ })).toHaveAttribute('aria-disabled', 'true');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const go = page.getByRole('menu', { name: 'Go' });
    await expect(go).toBeVisible();
    await page.keyboard.press('g');
    await expect(go.getByRole('menuitem', { name: /^Go to the start/ })).toBeFocused();
    await page.keyboard.press('g');
    await page.keyboard.press('Enter');
    await expect(frame).toHaveText('131');
    await expect(page.getByRole('menu')).toHaveCount(0);
  });

  await test.step('the palette finds a command by other words and remembers it', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command' }).fill('outline');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Show or hide contours' })).toHaveAttribute('aria-pressed', 'false');
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('option').first()).toContainText('Show or hide contours');
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('option').nth(1)).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });

  await test.step('a key is changed, taken from its owner, kept, and given back', async () => {
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard and mouse' });
    await dialog.getByRole('textbox', { name: 'Search commands and keys' }).fill('go to the start');
    await dialog.getByRole('button', { name: /^Change the key of "Go to the start"/ }).click();
    await page.keyboard.press('Escape');
    await expect(dialog.getByText('Home', { exact: true })).toBeVisible();
    await dialog.getByRole('button', { name: /^Change the key of "Go to the start"/ }).click();
    await page.keyboard.press('v');
    await expect(dialog.getByText('Taken from: Show or hide object.')).toBeVisible();
    await page.keyboard.press('Escape');
    await page.reload();
    await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible();
    await page.keyboard.press('End');
    await expect(frame).toHaveText('131');
    await page.keyboard.press('Home');
    await expect(frame).toHaveText('131');
    await page.keyboard.press('v');
    await expect(frame).toHaveText('0');
    await expect(page.getByRole('button', { name: 'Go to the start' })).toHaveAttribute('title', 'Go to the start  (V)');
    await page.keyboard.press('?');
    await dialog.getByRole('button', { name: 'Reset all shortcuts' }).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    await expect(frame).toHaveText('0');
  });

  await test.step('every command of the table is in the palette and in the list of keys, and buttons say theirs', async () => {
    await page.keyboard.press('Control+k');
    // A digit completes one, and the palette is open already.
    await expect(page.getByRole('option')).toHaveCount(commandIds.length - 2);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard and mouse' });
    const rows = dialog.getByRole('button', { name: /^Change the key of/ });
    const told = await rows.evaluateAll((all) => all.map((one) => one.ariaLabel ?? ''));
    for (const id of commandIds)
      expect(told, id).toContainEqual(expect.stringContaining(`"${commands[id].label}": ${shortcutOf(id)?.split(' ')[0] ?? 'none'}`));
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    const titles = await page.locator('[aria-keyshortcuts]').evaluateAll((all) => all.map((one) => (one as { title: string }).title));
    const keys = new Set(commandIds.map((id) => shortcutOf(id)));
    expect(titles.length).toBeGreaterThan(15);
    for (const title of titles) expect(keys).toContain(/\(([^()]+)\)$/.exec(title)?.[1]);
  });

  await test.step('a setting is searched, set and reset', async () => {
    await page.keyboard.press('Control+,');
    const dialog = page.getByRole('dialog', { name: 'Settings' });
    await dialog.getByRole('textbox', { name: 'Search settings' }).fill('theme');
    await dialog.getByRole('combobox', { name: 'Theme' }).selectOption('light');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
    await dialog.getByRole('button', { name: 'Reset Theme to its default' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await dialog.getByRole('textbox', { name: 'Search settings' }).fill('most paths');
    await dialog.getByRole('spinbutton', { name: 'Most paths' }).fill('99');
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('spinbutton', { name: 'Most paths' })).toHaveValue('8');
    await page.keyboard.press('Escape');
  });
});
