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
});
