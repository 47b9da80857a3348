/** Corrections: another of the model's masks, and prompts while the tracker runs. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { resultsSchema } from '../src/shared/results.ts';
import { expect, test } from './host-fixture.ts';
import { clickImage, drag, goToFrame, makeLongClip, openClip, openSample, sampleFrames } from './window.ts';

const onRabbit = { x: 560, y: 370 };
const inGrass = { x: 1000, y: 600 };

/** The colour in the middle of a lane at a frame of the sample, which the timeline shows as a whole. */
const laneColour = (page: Page, lane: number, frame: number): Promise<string> =>
  page.evaluate(
    ([row, at, count]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-part="lanes"]')!;
      const x = 140 + ((at! + 0.5) / count!) * (canvas.width - 152);
      return canvas
        .getContext('2d')!
        .getImageData(Math.round(x), row! * 24 + 12, 1, 1)
        .data.join();
    },
    [lane, frame, sampleFrames],
  );

/** Every stored mask as run lengths, by object and frame, as the export writes them. */
const storedMasks = async (page: Page, folder: string): Promise<Map<string, string>> => {
  mkdirSync(folder);
  await page.keyboard.press('Control+e');
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('Folder').fill(folder);
  for (const name of ['Annotated video', 'Mask images']) await dialog.getByRole('checkbox', { name }).setChecked(false);
  await dialog.getByRole('checkbox', { name: 'Results' }).setChecked(true);
  await expect(dialog.getByRole('button', { name: 'Start export' })).toBeEnabled();
  await dialog.getByRole('button', { name: 'Start export' }).click();
  await expect(dialog.getByText('Export finished')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  const [made] = readdirSync(folder);
  const { frames } = resultsSchema.parse(JSON.parse(readFileSync(join(folder, made!, 'results.json'), 'utf8')));
  return new Map(frames.flatMap(({ frame, objects }) => objects.map(({ id, rle }): [string, string] => [`${id}:${frame}`, rle.counts])));
};

test('another of the masks of a click is one key away', async ({ app: page }) => {
  await openSample(page);
  await goToFrame(page, 60);
  await clickImage(page, onRabbit.x, onRabbit.y);
  const choice = page.getByRole('button', { name: /next candidate/ });
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

/** An edit waits for the run to pause and is behind whatever the machine does beside. */
const expectSoon = expect.configure({ timeout: 120_000 });

/** So many times the sample, a run lasts longer than the edits made meanwhile. */
const clipRepeats = 3;

test('prompts are made while the tracker runs, and it goes on with them', async ({ app: page, exportDir, host }) => {
  test.skip(host === 'electron', 'the desktop app asks for a clip with a dialog of the system');
  await openClip(page, makeLongClip(exportDir, clipRepeats));
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
    await expect(page.getByRole('button', { name: /^Follow/ })).toBeVisible();
    await expect(progress).toBeVisible();
  });

  await test.step('an object is made and undone while it runs', async () => {
    await page.keyboard.press('a');
    await clickImage(page, inGrass.x - 100, inGrass.y - 60);
    await expectSoon(page.getByText('Object 2', { exact: true })).toBeVisible();
    await expectSoon(page.getByRole('button', { name: /^Positive point/ })).toHaveCount(1);
    await page.keyboard.press('Control+z');
    await expectSoon(page.getByRole('button', { name: /^Positive point/ })).toHaveCount(0);
    await page.keyboard.press('Control+z');
    await expectSoon(page.getByText('Object 2', { exact: true })).toHaveCount(0);
  });

  await test.step('it goes on to the end with what it was told, and nothing is stale', async () => {
    await page.keyboard.press('Shift+F');
    await expect(page.getByText('All frames · 2 prompts')).toBeVisible({ timeout: 300_000 });
    await expect(progress).toHaveCount(0);
    await expect(page.getByText(/Not up to date/i)).toHaveCount(0);
    expect(await page.evaluate(() => document.title)).toContain('SAM2 Video');
    await page.keyboard.press('End');
    await expect(frame).toHaveText(String(clipRepeats * sampleFrames - 1));
  });
});

test('an object is corrected at any frame and tracked again, and the masks of others stay to the bit', async ({ app: page, exportDir }) => {
  await openSample(page);
  await goToFrame(page, 60);
  await clickImage(page, onRabbit.x, onRabbit.y);
  const first = page.getByRole('button', { name: /^Object 1/ });
  const second = page.getByRole('button', { name: /^Object 2/ });
  await expect(first).toContainText('1 prompt');
  await page.keyboard.press('f');
  // Another object, which comes later.
  await goToFrame(page, 63);
  await drag(page, { x: 800, y: 250 }, { x: 1150, y: 500 });
  await expect(second).toContainText('1 prompt');
  await goToFrame(page, 58);
  await page.keyboard.press('i');
  await goToFrame(page, 65);
  await page.keyboard.press('o');
  await expect(page.getByText('8 marked')).toBeVisible();
  await page.keyboard.press('Alt+r');
  await expect(first).toContainText('8 frames');
  await expect(second).toContainText('8 frames');
  await expect(page.getByRole('progressbar', { name: 'Tracking progress' })).toHaveCount(0);
  await test.step('its lane shows where it is, where it was prompted, and where nothing is known', async () => {
    // Lanes follow tracking, one after the other.
    await expect(async () => {
      const tracked = await laneColour(page, 0, 65);
      const prompted = await laneColour(page, 0, 60);
      const none = await laneColour(page, 0, 100);
      const secondTracked = await laneColour(page, 1, 58);
      const secondPrompted = await laneColour(page, 1, 63);
      expect(new Set([tracked, prompted, none]).size).toBe(3);
      expect(new Set([secondTracked, secondPrompted, none]).size).toBe(3);
      expect(secondTracked).not.toBe(tracked);
    }).toPass({ timeout: 30_000 });
  });
  const before = await storedMasks(page, join(exportDir, 'before'));
  expect([...before.keys()].filter((key) => key.startsWith('2:'))).toHaveLength(8);

  await test.step('a click on a tracked frame changes its mask at once', async () => {
    await page.keyboard.press('1');
    await goToFrame(page, 61);
    await clickImage(page, onRabbit.x + 10, onRabbit.y - 120, 'right');
    await expect(first).toContainText('Changed since tracked · 2 prompts');
    await clickImage(page, 700, 640);
    await expect(first).toContainText('Changed since tracked · 3 prompts');
  });

  await test.step('it alone is tracked again', async () => {
    await page.getByText('Selected only').click();
    await page.keyboard.press('Alt+r');
    await expect(first).toContainText('8 frames · 3 prompts');
    await expect(page.getByRole('progressbar', { name: 'Tracking progress' })).toHaveCount(0);
  });

  await test.step('or only from the frame on screen', async () => {
    await goToFrame(page, 129);
    await page.keyboard.press('Alt+.');
    await expect(first).toContainText('11 frames · 3 prompts');
    await expect(page.getByRole('progressbar', { name: 'Tracking progress' })).toHaveCount(0);
  });

  await page.keyboard.press('Alt+x');
  const after = await storedMasks(page, join(exportDir, 'after'));
  const of = (masks: Map<string, string>, id: number): [string, string][] => [...masks].filter(([key]) => key.startsWith(`${id}:`));
  expect(of(after, 2)).toEqual(of(before, 2));
  expect(after.get('1:61')).not.toBe(before.get('1:61'));
  expect(after.has('1:131')).toBe(true);
});
