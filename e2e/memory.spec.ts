/** The Memory panel: the tree is switched on, grows while tracking, and is drawn. */
import { expect, test } from './host-fixture.ts';
import { clickImage, goToFrame, openSample } from './window.ts';

test('the memory tree is switched on in its panel and drawn after tracking', async ({ app: page }) => {
  await openSample(page);
  await goToFrame(page, 127);
  await clickImage(page, 480, 360);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
  await page.getByRole('radio', { name: 'Forward' }).check({ force: true });
  await page.getByRole('tab', { name: 'Memory' }).click();
  const panel = page.getByRole('region', { name: 'Memory' });
  const toggle = panel.getByRole('checkbox', { name: 'Memory tree' });
  await expect(toggle).not.toBeChecked();
  // The host owns the setting; the box follows it.
  await toggle.click();
  await expect(toggle).toBeChecked();
  await expect(panel.getByRole('img')).toHaveCount(0);
  await page.keyboard.press('t');
  await expect(panel.getByRole('img', { name: /^\d+ branch(es)?, \d+ switch(es)?$/ })).toBeVisible({ timeout: 120_000 });

  await test.step('frames worth a look are listed, and gone to by a click or U', async () => {
    const found = panel.getByRole('list', { name: 'Frames worth a look' }).getByRole('button');
    await expect(found.first()).toBeVisible();
    await found.first().click();
    const frame = page.getByLabel('Frame number');
    const shown = Number(await frame.textContent());
    expect(shown).toBeGreaterThan(127);
    await page.keyboard.press('Home');
    await page.keyboard.press('u');
    await expect.poll(async () => Number(await frame.textContent())).toBeGreaterThan(127);
  });
});
