/**
 * Every kind of source is opened from every state of the window: each gets a tab of its own, shows a picture, and cuts
 * nothing else.
 */
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './host-fixture.ts';
import { type StreamServer, startStream } from './stream-server.ts';
import { root } from './web-host.ts';
import { clickImage, goToFrame, openClip, openSample, pixelAt } from './window.ts';

test.skip(({ host }) => host === 'electron', "the desktop's dialog for files is the system's");

const sample = join(root, 'tests/fixtures/cartoon/sample.mp4');
const liveBar = (page: Page) => page.getByRole('region', { name: 'Live source' });

interface Places {
  /** Not one of the sources. */
  other: string;
  file: string;
  pictures: string;
  address: string;
  stream: string;
}

let places: Places;
// A skipped test runs its clean-up without its set-up.
let stream: StreamServer | undefined;
let server: Server | undefined;

test.beforeEach(async ({ exportDir }) => {
  const file = join(exportDir, 'short.mp4');
  execFileSync('ffmpeg', ['-v', 'error', '-i', sample, '-t', '1', '-c', 'copy', file]);
  const pictures = join(exportDir, 'pictures');
  await mkdir(pictures);
  execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-frames:v', '5', '-s', '320x180', join(pictures, '%04d.png')]);
  const other = join(exportDir, 'other.mp4');
  await copyFile(file, other);
  const bytes = await readFile(file);
  const files = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': bytes.length }).end(bytes),
  );
  server = files;
  await new Promise<void>((done) => files.listen(0, '127.0.0.1', done));
  stream = await startStream();
  places = { other, file, pictures, address: `http://127.0.0.1:${(files.address() as AddressInfo).port}/fetched.mp4`, stream: stream.url };
});

test.afterEach(() => {
  stream?.close();
  server?.closeAllConnections();
  server?.close();
});

/** Gives the place to the dialog, and presses one of its buttons. */
const openBy = async (page: Page, place: string, button: string): Promise<void> => {
  await page.keyboard.press('Control+o');
  const dialog = page.getByRole('dialog', { name: 'Open a clip' });
  await dialog.getByRole('textbox').fill(place);
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await expect(dialog).toBeHidden({ timeout: 60_000 });
};

const openCamera = async (page: Page): Promise<void> => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('camera');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Camera' });
  await dialog.getByRole('button', { name: 'Track live' }).click();
  await expect(dialog).toHaveCount(0, { timeout: 60_000 });
};

/** Each leaves what it opened on screen. */
const sources: Record<string, { title: RegExp; isLive: boolean; open(page: Page): Promise<void> }> = {
  'a file': { title: /^short\.mp4/, isLive: false, open: (page) => openBy(page, places.file, 'Open') },
  'a folder of pictures': { title: /^pictures/, isLive: false, open: (page) => openBy(page, places.pictures, 'Open') },
  'an address': { title: /^fetched/, isLive: false, open: (page) => openBy(page, places.address, 'Download and open') },
  'the camera': { title: /^camera/, isLive: true, open: openCamera },
  'a live stream': { title: /127\.0\.0\.1/, isLive: true, open: (page) => openBy(page, places.stream, 'Watch live') },
};

const openOne = async (page: Page): Promise<void> => {
  await openSample(page);
  await goToFrame(page, 20);
  await clickImage(page, 560, 370);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
};

/** Each brings the window there, and says what has to be so still when the sources were opened beside it. */
const states: Record<string, (page: Page) => Promise<(page: Page) => Promise<void>>> = {
  'nothing open': async () => (page) => expect(page.getByRole('button', { name: 'Open the sample clip' })).toBeEnabled(),
  'a clip': async (page) => {
    await openOne(page);
    return () => expect(page.getByRole('button', { name: /^Object 1/ })).toContainText('1 prompt');
  },
  'a live source': async (page) => {
    await openCamera(page);
    await expect(liveBar(page).getByText('LIVE', { exact: true })).toBeVisible({ timeout: 90_000 });
    return () => expect(liveBar(page).getByText('LIVE', { exact: true })).toBeVisible({ timeout: 60_000 });
  },
  'a run': async (page) => {
    await openOne(page);
    await page.keyboard.press('t');
    await expect(page.getByRole('progressbar', { name: 'Tracking progress' })).toBeVisible();
    return () => expect(page.getByText('All frames · 1 prompt')).toBeVisible({ timeout: 300_000 });
  },
  'an export': async (page) => {
    await openOne(page);
    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await dialog.getByRole('button', { name: 'Start export' }).click();
    await dialog.getByRole('button', { name: /^(Keep working|Done)$/ }).click();
    return async () => {
      await page.keyboard.press('Control+e');
      await page.keyboard.press('Escape');
      await expect(page.getByRole('button', { name: /^Object 1/ })).toContainText('1 prompt');
    };
  },
  'another tab': async (page) => {
    await openOne(page);
    await openClip(page, places.other);
    return () => expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible();
  },
};

for (const [state, bring] of Object.entries(states)) {
  test(`every source opens from: ${state}`, async ({ app: page }) => {
    const isAsBefore = await bring(page);
    for (const [name, { title, isLive, open }] of Object.entries(sources)) {
      await test.step(name, async () => {
        const before = await page.title();
        await open(page);
        await expect(page).not.toHaveTitle(before, { timeout: 60_000 });
        await expect(page).toHaveTitle(title, { timeout: 60_000 });
        if (isLive) await expect(liveBar(page).getByText('LIVE', { exact: true })).toBeVisible({ timeout: 90_000 });
        await expect.poll(() => pixelAt(page, 20, 20).then((pixel) => pixel[3])).toBe(255);
        await page.keyboard.press('Alt+w');
        if (isLive)
          await page
            .getByRole('dialog', { name: /^Close / })
            .getByRole('button', { name: 'Stop and close' })
            .click();
        await expect(page).toHaveTitle(before, { timeout: 60_000 });
      });
    }
    await isAsBefore(page);
  });
}
