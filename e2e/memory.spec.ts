/** The Memory panel: the tree is switched on, grows while tracking, and is drawn with its branches. */
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
  await test.step('every frame counts as unsure, so that it branches whatever the model knows', async () => {
    await page.keyboard.press('Control+,');
    const dialog = page.getByRole('dialog', { name: 'Settings' });
    const variant = dialog.getByRole('combobox', { name: 'Tree', exact: true });
    await variant.selectOption('exact');
    await expect(variant).toHaveValue('exact');
    const unsure = dialog.getByRole('spinbutton', { name: 'Unsure below' });
    await unsure.fill('20');
    await unsure.press('Enter');
    await expect(unsure).toHaveValue('20');
    await page.keyboard.press('Escape');
  });
  await page.keyboard.press('t');
  const drawn = panel.getByRole('img', { name: /^\d+ branch(es)?, \d+ switch(es)?$/ });
  await expect(drawn).toBeVisible({ timeout: 120_000 });

  await test.step('every branch has a line and its life told, and the rivals of a frame are listed, best first', async () => {
    await expect(drawn).toHaveAccessibleName(/^([3-9]|\d\d+) branches, /, { timeout: 60_000 });
    await goToFrame(page, 130);
    const rivals = panel.getByRole('list', { name: 'Branches on this frame' }).getByRole('listitem');
    await expect(rivals.nth(1)).toBeVisible();
    await expect(rivals.first()).toContainText('leads');
    await expect(rivals.nth(1)).toContainText(/\d+ % of the best/);
    // The last frames may still be on their way.
    await expect(async () => {
      const branches = Number(/^\d+/.exec((await drawn.getAttribute('aria-label')) ?? '')?.[0]);
      const lives = await drawn.locator('title').allTextContents();
      expect(lives.filter((life) => /^Branch \d+: from frame \d+, /.test(life))).toHaveLength(branches);
      // One line each, and one more for each stretch of the lead.
      expect(await drawn.locator('polyline').count()).toBeGreaterThan(branches);
    }).toPass();
  });
});
