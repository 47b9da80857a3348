/** Corrections: another of the model's masks, and prompts while the tracker runs. */
import { expect, test } from './host-fixture.ts';
import { clickImage, goToFrame, makeLongClip, openClip, openSample, sampleFrames } from './window.ts';

const onRabbit = { x: 560, y: 370 };
const inGrass = { x: 1000, y: 600 };

test('another of the masks of a click is one key away', async ({ app: page }) => {
  await openSample(page);
  await goToFrame(page, 60);
  await clickImage(page, onRabbit.x, onRabbit.y);
  const choice = page.getByRole('button', { name: /take another of those the model found/ });
  await expect(choice).toContainText('Best mask');
  await page.keyboard.press('c');
  await expect(choice).toContainText(/Mask \d of 4/);
  const first = await choice.textContent();
  await page.keyboard.press('c');
  await expect(choice).not.toContainText(first!.trim());
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(choice).toContainText('Best mask');
  await page.keyboard.press('c');
  // Another click has masks of its own.
  await clickImage(page, onRabbit.x + 40, onRabbit.y);
  await expect(choice).toContainText('Best mask');
  await page.keyboard.press('b');
  await page.keyboard.press('Shift+Backspace');
  await expect(choice).toHaveCount(0);
});

test('prompts are made while the tracker runs, and it goes on with them', async ({ app: page, exportDir, host }) => {
  test.skip(host === 'electron', 'the desktop app asks for a clip with a dialog of the system');
  // So that the run lasts.
  await openClip(page, makeLongClip(exportDir, 6));
  await goToFrame(page, 0);
  await clickImage(page, onRabbit.x, onRabbit.y);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
  await page
    .getByRole('button', { name: 'Track both ways' })
    .or(page.getByRole('button', { name: 'Track', exact: true }))
    .first()
    .click();
  const progress = page.getByRole('progressbar', { name: 'Tracking progress' });
  await expect(progress).toBeVisible();
  const frame = page.getByLabel('Frame number');
  await expect.poll(async () => Number(await frame.textContent())).toBeGreaterThan(5);

  await test.step('a click stays where the user works', async () => {
    await clickImage(page, inGrass.x, inGrass.y, 'right');
    await expect(page.getByRole('button', { name: /^Negative point/ })).toHaveCount(1);
    await expect(page.getByRole('button', { name: /Go along/ })).toBeVisible();
    await expect(progress).toBeVisible();
  });

  await test.step('an object is made and undone while it runs', async () => {
    await page.keyboard.press('a');
    await clickImage(page, inGrass.x - 100, inGrass.y - 60);
    await expect(page.getByText('Object 2', { exact: true })).toBeVisible();
    await expect(page.getByRole('button', { name: /^Positive point/ })).toHaveCount(1);
    await page.keyboard.press('Control+z');
    await expect(page.getByRole('button', { name: /^Positive point/ })).toHaveCount(0);
    await page.keyboard.press('Control+z');
    await expect(page.getByText('Object 2', { exact: true })).toHaveCount(0);
  });

  await test.step('it goes on to the end with what it was told, and nothing is stale', async () => {
    await page.keyboard.press('Shift+F');
    await expect(page.getByText('All frames · 2 prompts')).toBeVisible({ timeout: 300_000 });
    await expect(progress).toHaveCount(0);
    await expect(page.getByText(/Not up to date/i)).toHaveCount(0);
    expect(await page.evaluate(() => document.title)).toContain('SAM2 Video');
    await page.keyboard.press('End');
    await expect(frame).toHaveText(String(6 * sampleFrames - 1));
  });
});
