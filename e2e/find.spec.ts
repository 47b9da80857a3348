/** Objects that nobody clicked: searched for, listed, filtered, corrected, renamed, dropped and exported. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './host-fixture.ts';
import { clickImage, drag, maskStrengths, openClip } from './window.ts';

/** The squirrel, which the detector takes for a bird. */
const makeClip = (folder: string): string => {
  const path = join(folder, 'squirrel.mp4');
  execFileSync('ffmpeg', ['-v', 'error', '-i', resolve('resources/sample.mp4'), '-frames:v', '10', '-an', path]);
  return path;
};

const foundList = (page: Page) => page.getByRole('region', { name: 'Found objects' });
const rowOf = (page: Page, name: string) => foundList(page).getByRole('listitem').filter({ hasText: name });
const search = async (page: Page): Promise<void> => {
  const form = page.getByRole('region', { name: 'Find objects' });
  await form.getByRole('button', { name: 'Find objects' }).click();
  await expect(form.getByRole('button', { name: 'Find objects' })).toBeEnabled({ timeout: 180_000 });
};

test('finds objects by itself, and the user has the last word', async ({ app: page, exportDir, host }) => {
  test.skip(host !== 'web', 'only the served window has a field for a path');
  await openClip(page, makeClip(exportDir));
  await page.getByRole('tab', { name: 'Found' }).click();
  await expect(foundList(page)).toContainText('Nothing has been found yet.');
  const classes = page.getByRole('textbox', { name: 'Classes, such as car, person' });

  await test.step('a class that no detector knows is refused with what is alike', async () => {
    await classes.fill('persona');
    await classes.press('Enter');
    await expect(page.getByText('The detector knows no class "persona". Classes that begin alike: person.')).toBeVisible();
    await classes.fill('bi');
    await page.getByRole('list', { name: 'Classes the detector knows' }).getByRole('button', { name: 'bird', exact: true }).click();
    await expect(classes).toHaveValue('bird, ');
  });

  await test.step('regions are drawn in the picture and taken away again; Esc ends drawing', async () => {
    await page.getByRole('region', { name: 'Find objects' }).getByText('Where, and how small').click();
    const exclude = page.getByRole('button', { name: /^Draw a region to leave out/ });
    await exclude.click();
    await page.keyboard.press('Escape');
    await expect(exclude).toHaveAttribute('aria-pressed', 'false');
    await exclude.click();
    await drag(page, { x: 4, y: 4 }, { x: 120, y: 90 });
    await expect(page.locator('[data-region="exclude"]')).toHaveCount(1);
    await page.getByRole('button', { name: 'Remove Left out 1' }).click();
    await expect(page.locator('[data-region="exclude"]')).toHaveCount(0);
  });

  await test.step('a search for one class finds that class alone, marked as automatic', async () => {
    await search(page);
    await expect(foundList(page).getByRole('listitem')).toHaveCount(1);
    await expect(rowOf(page, 'bird 1')).toContainText('auto');
    await expect(rowOf(page, 'bird 1')).toContainText(/score 0\.\d\d/);
  });

  await test.step('the next one, for everything, adds what is not there yet, as one step', async () => {
    await classes.fill('');
    await search(page);
    await expect.poll(() => foundList(page).getByRole('listitem').count()).toBeGreaterThan(1);
    await expect(rowOf(page, 'bird')).toHaveCount(1);
    const count = await foundList(page).getByRole('listitem').count();
    await page.keyboard.press('Control+z');
    await expect(foundList(page).getByRole('listitem')).toHaveCount(1);
    await page.keyboard.press('Control+Shift+z');
    await expect(foundList(page).getByRole('listitem')).toHaveCount(count);
  });

  await test.step('the list is filtered by class and by name', async () => {
    await foundList(page).getByRole('combobox', { name: 'Class' }).selectOption({ label: 'bird (1)' });
    await expect(foundList(page).getByRole('listitem')).toHaveCount(1);
    await foundList(page).getByRole('combobox', { name: 'Class' }).selectOption({ label: 'All classes' });
    await foundList(page).getByRole('textbox', { name: 'Filter by name' }).fill('nobody');
    await expect(foundList(page)).toContainText('No found object matches the filter.');
    await foundList(page).getByRole('textbox', { name: 'Filter by name' }).fill('');
  });

  await test.step('a click selects the object and goes there; a corrected one is the user’s', async () => {
    await page.getByRole('button', { name: 'bird 1: go to where it is seen best' }).click();
    await expect(rowOf(page, 'bird 1').getByRole('checkbox')).toBeChecked();
    await expect.poll(async () => (await placesInMasks(page)).length).toBeGreaterThan(0);
    const places = await placesInMasks(page);
    const middle = places[Math.floor(places.length / 2)]!;
    await clickImage(page, middle.x, middle.y);
    await expect(rowOf(page, 'bird 1')).not.toContainText('auto');
  });

  await test.step('many are renamed at once, kept and dropped, each as one step', async () => {
    await foundList(page).getByRole('button', { name: 'Select all' }).click();
    await foundList(page).getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'New name' }).fill('animal');
    await page.keyboard.press('Enter');
    await expect(rowOf(page, 'animal 2')).toBeVisible();
    await expect(foundList(page)).not.toContainText('auto');
    await page.keyboard.press('Control+z');
    await expect(rowOf(page, 'bird 1')).toBeVisible();
    await foundList(page).getByRole('button', { name: 'Keep' }).click();
    await expect(foundList(page).getByRole('button', { name: 'Keep' })).toBeDisabled();
    await page.getByRole('checkbox', { name: 'Select bird 1' }).uncheck();
    await foundList(page).getByRole('button', { name: 'Drop' }).click();
    await expect(foundList(page).getByRole('listitem')).toHaveCount(1);
  });

  await test.step('what is left is exported by its name', async () => {
    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await dialog.getByLabel('Folder').fill(exportDir);
    await dialog.getByRole('button', { name: 'Start export' }).click();
    await expect(dialog.getByText('Export finished')).toBeVisible({ timeout: 120_000 });
    const results = readdirSync(exportDir, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('results.json'));
    expect(results).toBeDefined();
    expect(readFileSync(join(exportDir, results!), 'utf8')).toContain('"bird 1"');
  });
});

/** Places in the picture that lie well inside a mask. */
const placesInMasks = async (page: Page): Promise<{ x: number; y: number }[]> => {
  const points = Array.from({ length: 16 * 30 }, (_, i) => ({ x: 40 + 40 * (i % 30), y: 40 + 40 * Math.floor(i / 30) }));
  const strengths = await maskStrengths(page, points);
  const isMasked = (index: number): boolean => (strengths[index] ?? 0) > 15;
  return points.filter((_, i) => [i, i - 1, i + 1, i - 30, i + 30].every(isMasked));
};
