/**
 * Streams on the wall: added, viewed in a tab that may be closed, paused, changed and removed, while they run by
 * themselves.
 */
import type { Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { expect, test } from './host-fixture.ts';
import { startStream } from './stream-server.ts';
import { clickImage } from './window.ts';

const wall = (page: Page) => page.getByRole('dialog', { name: 'Streams' });

const openWall = async (page: Page): Promise<void> => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('streams');
  await page.keyboard.press('Enter');
  await expect(wall(page)).toBeVisible();
};

test('a stream runs by itself, is viewed and corrected in a tab, and goes on when the tab is closed', async ({ app: page }) => {
  const stream = await startStream();
  try {
    await openWall(page);
    await expect(wall(page)).toContainText('No stream yet');
    await wall(page).getByRole('button', { name: 'Add a stream' }).click();
    const form = wall(page).getByRole('form', { name: 'Add a stream' });
    await form.getByLabel('Name').fill('Front');
    await form.getByLabel('Address').fill(stream.url);
    await form.getByRole('button', { name: 'Save' }).click();
    const tile = wall(page).getByRole('listitem', { name: 'Front' });
    await expect(tile.getByRole('status')).toHaveText('Live', { timeout: 60_000 });
    await expect(tile).toContainText(/[\d.]+ of 15 frames\/s/);
    await expect(tile).toContainText('0 faults');
    await expectAccessible(page, 'the wall of streams');

    await test.step('its view is a live tab without an end of its own', async () => {
      await tile.getByRole('button', { name: 'View: Front' }).click();
      await expect(wall(page)).toHaveCount(0);
      const bar = page.getByRole('region', { name: 'Live source' });
      await expect(bar.getByText('LIVE', { exact: true })).toBeVisible({ timeout: 60_000 });
      await expect(bar.getByRole('button', { name: 'Stop and open' })).toHaveCount(0);
      await clickImage(page, 400, 240);
      await expect(page.getByRole('button', { name: /^Object 1/ })).toContainText(/[1-9]\d* frames/, { timeout: 60_000 });
      await bar.getByRole('button', { name: 'Close the view' }).click();
      await expect(bar).toHaveCount(0);
    });

    await openWall(page);
    await expect(tile).toContainText('1 object', { timeout: 60_000 });

    await test.step('it is paused, its recording opens as a clip, and it is removed', async () => {
      await tile.getByRole('button', { name: 'Pause: Front' }).click();
      await expect(tile.getByRole('status')).toHaveText('Paused', { timeout: 60_000 });
      await tile.getByRole('button', { name: 'Edit: Front' }).click();
      const edited = wall(page).getByRole('form', { name: 'Edit: Front' });
      await expect(edited.getByLabel('Address')).toHaveValue(stream.url);
      await edited.getByLabel('Name').fill('Gate');
      await edited.getByRole('button', { name: 'Save' }).click();
      const gate = wall(page).getByRole('listitem', { name: 'Gate' });
      await gate.getByRole('button', { name: 'Recordings: Gate' }).click();
      const chapters = wall(page).getByRole('region', { name: 'Recordings of Gate' });
      await expect(chapters.getByRole('listitem')).toHaveCount(1, { timeout: 30_000 });
      await expectAccessible(page, 'recordings of a stream');
      await chapters.getByRole('button', { name: 'Open recording 1 as a clip' }).click();
      await expect(wall(page)).toHaveCount(0, { timeout: 60_000 });
      await expect(page.getByRole('button', { name: /^Object 1/ })).toContainText(/[1-9]\d* frames/, { timeout: 60_000 });
      await openWall(page);
      await gate.getByRole('button', { name: 'Remove: Gate' }).click();
      await gate.getByRole('button', { name: 'Remove with its recordings' }).click();
      await expect(gate).toHaveCount(0, { timeout: 30_000 });
    });
  } finally {
    stream.close();
  }
});
