/** Several clips at once, each in a tab of its own with its work, its undo and its view. */
import { execFileSync } from 'node:child_process';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { expect, test } from './host-fixture.ts';
import { startStream } from './stream-server.ts';
import { root, startWebHost, type WebHost } from './web-host.ts';
import { clickImage, expectTabs, goToFrame, maskStrength, openClip, tabOf } from './window.ts';

test.skip(({ host }) => host === 'electron', "the desktop's dialog for files is the system's");

const sample = join(root, 'tests/fixtures/cartoon/sample.mp4');
const onRabbit = { x: 560, y: 370 };
const isMasked = 15;
const firstObject = (page: Page) => page.getByRole('button', { name: /^Object 1/ });
const frameNumber = (page: Page) => page.getByLabel('Frame number');
const messages = (page: Page) => page.getByRole('list', { name: 'Messages' });
const running = (page: Page, tab: string) => tabOf(page, tab).getByRole('img', { name: /^Tracking/ });

/** The sample under another name; of that many seconds where they are given, by cutting it off or by repeating it. */
const makeClip = async (folder: string, name: string, seconds?: number): Promise<string> => {
  const path = join(folder, name);
  if (seconds === undefined) await copyFile(sample, path);
  else execFileSync('ffmpeg', ['-v', 'error', '-stream_loop', '-1', '-i', sample, '-t', String(seconds), '-an', '-c', 'copy', path]);
  return path;
};

/** One object with one point on frame 20. */
const clickRabbit = async (page: Page): Promise<void> => {
  await goToFrame(page, 20);
  await clickImage(page, onRabbit.x, onRabbit.y);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
};

test('two clips are tracked side by side, and one is exported while the other is edited', async ({ app: page, exportDir }) => {
  await openClip(page, await makeClip(exportDir, 'meadow.mp4', 12));
  // With one clip there is nothing to choose from.
  await expect(page.getByRole('tablist', { name: 'Open clips' })).toHaveCount(0);
  await clickRabbit(page);
  await openClip(page, await makeClip(exportDir, 'brook.mp4'));
  await expectTabs(page, ['meadow.mp4', 'brook.mp4'], 'brook.mp4');
  await expect(page).toHaveTitle('brook.mp4 – SAM2 Video');
  await expect(firstObject(page)).toHaveCount(0);
  await clickRabbit(page);
  await expectAccessible(page, 'two tabs');

  await test.step('one is tracked while the other goes on', async () => {
    await page.keyboard.press('Control+Shift+Tab');
    await expect(page).toHaveTitle('meadow.mp4 – SAM2 Video');
    await page.keyboard.press('t');
    await expect(running(page, 'meadow.mp4')).toBeVisible();
    await page.keyboard.press('Control+Tab');
    await expect(page).toHaveTitle('brook.mp4 – SAM2 Video');
    await page.keyboard.press('t');
    await expect(page.getByRole('progressbar', { name: 'Tracking progress' })).toBeVisible();
    await expect(running(page, 'brook.mp4')).toBeVisible();
    await expect(running(page, 'meadow.mp4')).toBeVisible();
    await page.keyboard.press('Control+Tab');
    await expect(page).toHaveTitle('meadow.mp4 – SAM2 Video');
  });

  await test.step('what ends behind is told, with the way there', async () => {
    const told = messages(page).locator('li').filter({ hasText: 'Tracking finished in brook.mp4' });
    await told.getByRole('button', { name: 'Go to tab' }).click({ timeout: 120_000 });
    await expect(page).toHaveTitle('brook.mp4 – SAM2 Video');
    await expect(page.getByText('All frames · 1 prompt')).toBeVisible();
    await expect(told).toHaveCount(0);
  });

  await test.step('the export of one goes on while the other is edited', async () => {
    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await dialog.getByRole('button', { name: 'Start export' }).click();
    await dialog.getByRole('button', { name: /^(Keep working|Done)$/ }).click();
    await page.keyboard.press('Control+Shift+Tab');
    await expect(page).toHaveTitle('meadow.mp4 – SAM2 Video');
    await page.keyboard.press('a');
    await clickImage(page, 900, 300);
    await expect(page.getByRole('button', { name: /^Object 2/ })).toContainText('1 prompt', { timeout: 60_000 });
    await expect
      .poll(async () => (await readdir(exportDir, { recursive: true })).filter((name) => name.endsWith('results.json')))
      .toHaveLength(1);
    await expect(firstObject(page)).toContainText('All frames', { timeout: 300_000 });
    await expect(page.getByRole('button', { name: /^Object 2/ })).toHaveCount(1);
  });

  await test.step('each has its own masks', async () => {
    await goToFrame(page, 100);
    await expect.poll(() => maskStrength(page, 470, 340)).toBeGreaterThan(isMasked);
    await tabOf(page, 'brook.mp4').click();
    await expect(page.getByRole('button', { name: /^Object 2/ })).toHaveCount(0);
    await goToFrame(page, 30);
    await expect.poll(() => maskStrength(page, onRabbit.x + 30, onRabbit.y)).toBeGreaterThan(isMasked);
  });
});

test('each tab keeps its view and has its own undo; closing one shows its neighbour', async ({ app: page, exportDir }) => {
  for (const name of ['first.mp4', 'second.mp4', 'third.mp4']) await openClip(page, await makeClip(exportDir, name, 2));
  await expectTabs(page, ['first.mp4', 'second.mp4', 'third.mp4'], 'third.mp4');
  await clickRabbit(page);

  await test.step('the view is as it was left', async () => {
    await page.keyboard.press('Control+1');
    await page.keyboard.press('p');
    const zoomed = page.getByRole('button', { name: 'Brush', exact: true });
    await expect(zoomed).toHaveAttribute('aria-pressed', 'true');
    await tabOf(page, 'first.mp4').click();
    await expect(frameNumber(page)).toHaveText('0');
    await expect(zoomed).toHaveAttribute('aria-pressed', 'false');
    await page.keyboard.press('a');
    await expect(firstObject(page)).toBeVisible();
    await tabOf(page, 'third.mp4').click();
    await expect(frameNumber(page)).toHaveText('20');
    await expect(zoomed).toHaveAttribute('aria-pressed', 'true');
    await expect(firstObject(page)).toContainText('1 prompt');
    await expect(firstObject(page)).toHaveAttribute('aria-pressed', 'true');
  });

  await test.step('undo takes back what was done in this tab', async () => {
    await page.keyboard.press('Control+z');
    await expect(firstObject(page)).toContainText('Click it in the picture');
    await expect(messages(page)).toContainText(/Undone: /);
    await tabOf(page, 'first.mp4').click();
    await expect(firstObject(page)).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect(firstObject(page)).toHaveCount(0);
    await tabOf(page, 'second.mp4').click();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('undo');
    await expect(page.getByRole('option', { name: /^Undo/ }).first()).toHaveAttribute('aria-disabled', 'true');
    await page.keyboard.press('Escape');
  });

  await test.step('what is open already is not opened twice', async () => {
    await openClip(page, join(exportDir, 'first.mp4'));
    await expectTabs(page, ['first.mp4', 'second.mp4', 'third.mp4'], 'first.mp4');
  });

  await test.step('a middle click, a key and Delete close; the last closed comes back', async () => {
    await tabOf(page, 'second.mp4').click({ button: 'middle' });
    await expectTabs(page, ['first.mp4', 'third.mp4'], 'first.mp4');
    await page.keyboard.press('Alt+w');
    await expect(page).toHaveTitle('third.mp4 – SAM2 Video');
    await page.keyboard.press('Control+Shift+t');
    await expectTabs(page, ['third.mp4', 'first.mp4'], 'first.mp4');
    await tabOf(page, 'first.mp4').press('ArrowRight');
    await expect(tabOf(page, 'third.mp4')).toBeFocused();
    await page.keyboard.press('Delete');
    await expect(page).toHaveTitle('first.mp4 – SAM2 Video');
    await page.keyboard.press('Alt+w');
    await expect(page.getByRole('button', { name: 'Open the sample clip' })).toBeEnabled();
  });
});

test('closing asks only where work would be cut, and a live source becomes a clip in its tab', async ({ app: page, exportDir }) => {
  const stream = await startStream();
  try {
    await openClip(page, await makeClip(exportDir, 'meadow.mp4', 12));
    await page.keyboard.press('Control+o');
    const dialog = page.getByRole('dialog', { name: 'Open a clip' });
    await dialog.getByRole('textbox').fill(stream.url);
    await dialog.getByRole('button', { name: 'Watch live' }).click();
    const bar = page.getByRole('region', { name: 'Live source' });
    await expect(bar.getByText('LIVE', { exact: true })).toBeVisible({ timeout: 90_000 });
    const live = page.getByRole('tablist', { name: 'Open clips' }).getByRole('tab').last();
    await expect(live.getByRole('img', { name: 'Live' })).toBeVisible();

    await test.step('it goes on while a clip is worked on, and with it in sight again its objects are tracked', async () => {
      await tabOf(page, 'meadow.mp4').click();
      await expect(bar).toHaveCount(0);
      await clickRabbit(page);
      await live.click();
      await expect(bar.getByText('LIVE', { exact: true })).toBeVisible({ timeout: 60_000 });
      await clickImage(page, onRabbit.x, onRabbit.y);
      await expect(firstObject(page)).toContainText(/[1-9]\d* frames/, { timeout: 60_000 });
    });

    const ask = page.getByRole('dialog', { name: /^Close / });
    await test.step('closing it asks, and so does a run; a clip at rest closes at once', async () => {
      await page.keyboard.press('Alt+w');
      await expect(ask).toContainText('The live source stops.');
      await expectAccessible(page, 'closing');
      await ask.getByRole('button', { name: 'Keep open' }).click();
      await tabOf(page, 'meadow.mp4').click();
      await page.keyboard.press('t');
      await expect(running(page, 'meadow.mp4')).toBeVisible();
      await live.click();
      await tabOf(page, 'meadow.mp4').click({ button: 'middle' });
      await expect(ask).toContainText('Tracking stops.');
      await ask.getByRole('button', { name: 'Stop and close' }).click();
      await expect(page.getByRole('tablist', { name: 'Open clips' })).toHaveCount(0, { timeout: 60_000 });
      await page.keyboard.press('Control+Shift+t');
      await expect(tabOf(page, 'meadow.mp4')).toHaveAttribute('aria-selected', 'true', { timeout: 60_000 });
      await expect(firstObject(page)).toContainText('1 prompt');
    });

    await test.step('its recording takes its place', async () => {
      await live.click({ trial: true });
      const first = page.getByRole('tablist', { name: 'Open clips' }).getByRole('tab').first();
      await first.click();
      await bar.getByRole('button', { name: 'Stop and open' }).click();
      await expect(bar).toHaveCount(0, { timeout: 90_000 });
      await expect(first).toHaveAttribute('aria-selected', 'true');
      await expect(first.getByRole('img', { name: 'Live' })).toHaveCount(0);
      await expect(firstObject(page)).toContainText(/[1-9]\d* frames/);
      await tabOf(page, 'meadow.mp4').click({ button: 'middle' });
      await expect(page.getByRole('tablist', { name: 'Open clips' })).toHaveCount(0);
      await expect(ask).toHaveCount(0);
    });
  } finally {
    stream.close();
  }
});

test.describe('with hosts that are ended', () => {
  let hosts: WebHost[] = [];
  test.afterEach(async () => {
    await Promise.all(hosts.map((host) => host.end('SIGKILL')));
    hosts = [];
  });
  const start = async (page: Page, exportDir: string, dataDir: string): Promise<WebHost> => {
    const host = await startWebHost(exportDir, { SAM2_VIDEO_DATA: dataDir }, ['--resume']);
    hosts.push(host);
    await page.goto(host.address);
    return host;
  };

  test('all tabs are back when the app was killed; a second window looks at another', async ({ page, context, exportDir, dataDir }) => {
    const first = await start(page, exportDir, dataDir);
    await expect(page.getByRole('button', { name: 'Open the sample clip' })).toBeEnabled({ timeout: 60_000 });
    for (const name of ['first.mp4', 'second.mp4']) {
      await openClip(page, await makeClip(exportDir, name, 2));
      await clickRabbit(page);
    }

    await test.step('each window has its own tab, and keeps it when it is loaded again', async () => {
      const other = await context.newPage();
      await other.goto(first.address);
      await tabOf(other, 'first.mp4').click();
      await expect(other).toHaveTitle('first.mp4 – SAM2 Video');
      await expect(page).toHaveTitle('second.mp4 – SAM2 Video');
      await other.keyboard.press('a');
      await expect(other.getByRole('button', { name: /^Object 2/ })).toBeVisible();
      await expect(page.getByRole('button', { name: /^Object 2/ })).toHaveCount(0);
      await page.reload();
      await expect(page).toHaveTitle('second.mp4 – SAM2 Video', { timeout: 60_000 });
      await expectTabs(page, ['first.mp4', 'second.mp4'], 'second.mp4');
      await other.close();
    });

    await first.end('SIGKILL');
    await start(page, exportDir, dataDir);
    await expect(tabOf(page, 'second.mp4')).toBeVisible({ timeout: 60_000 });
    await expectTabs(page, ['first.mp4', 'second.mp4'], 'second.mp4');
    await expect(frameNumber(page)).toHaveText('20');
    await expect(firstObject(page)).toContainText('1 prompt');
    await expect.poll(() => maskStrength(page, onRabbit.x + 30, onRabbit.y)).toBeGreaterThan(isMasked);
    await tabOf(page, 'first.mp4').click();
    await expect(page.getByRole('button', { name: /^Object 2/ })).toBeVisible();
  });
});
