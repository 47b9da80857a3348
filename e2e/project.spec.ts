/** Work is kept: through a killed host, a killed engine, a lost link, a moved clip; and goes along as one folder. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFile, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './host-fixture.ts';
import { root, startWebHost, type WebHost } from './web-host.ts';
import { clickImage, goToFrame, maskStrength, openClip, openSample, pixelAt } from './window.ts';

const sample = join(root, 'tests/fixtures/cartoon/sample.mp4');
const onRabbit = { x: 560, y: 370 };
const rabbit = (page: Page) => page.getByRole('button', { name: /^Rabbit/ });

/** An object named Rabbit with one point on frame 60. */
const makeRabbit = async (page: Page): Promise<void> => {
  await goToFrame(page, 60);
  await clickImage(page, onRabbit.x, onRabbit.y);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'Object name' }).fill('Rabbit');
  await page.keyboard.press('Enter');
  await expect(rabbit(page)).toBeVisible();
};

/**
 * Once begun, keeps from the page what comes after a state in which a model is loaded, so that it can be looked at
 * however fast that is.
 */
const holdWhileLoading = async (page: Page): Promise<() => { release(): void }> => {
  let isOn = false;
  let held: (() => void)[] | null = null;
  await page.routeWebSocket(/\/ws\?/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (held) {
        held.push(() => socket.send(message));
        return;
      }
      socket.send(message);
      if (isOn && typeof message === 'string' && message.includes('"loading":{')) held = [];
    });
  });
  return () => {
    isOn = true;
    return {
      release: () => {
        isOn = false;
        for (const send of held ?? []) send();
        held = null;
      },
    };
  };
};

/** The clip is open at frame 60 with the rabbit and its mask. */
const expectRabbit = async (page: Page): Promise<void> => {
  await expect(rabbit(page)).toContainText('1 prompt', { timeout: 60_000 });
  await expect(page.getByLabel('Frame number')).toHaveText('60');
  // The picture, and then the mask over it: which of them is not there is seen when it fails.
  await expect.poll(() => pixelAt(page, onRabbit.x + 30, onRabbit.y).then((pixel) => pixel[3])).toBe(255);
  await expect.poll(() => maskStrength(page, onRabbit.x + 30, onRabbit.y)).toBeGreaterThan(15);
};

test.describe('with hosts that are ended', () => {
  test.skip(({ host }) => host === 'electron', "the test starts the host itself; the desktop's is ended in tests/desktop");

  let hosts: WebHost[] = [];
  test.afterEach(async () => {
    await Promise.all(hosts.map((host) => host.end('SIGKILL')));
    hosts = [];
  });
  const start = async (page: Page, exportDir: string, dataDir: string): Promise<WebHost> => {
    const host = await startWebHost(exportDir, { SAM2_VIDEO_DATA: dataDir });
    hosts.push(host);
    await page.goto(host.address);
    await expect(page.getByRole('button', { name: 'Open the sample clip' })).toBeEnabled({ timeout: 60_000 });
    return host;
  };

  test('a killed app opens the work where it was; a clip that moved is asked for', async ({ page, exportDir, dataDir }) => {
    const clip = join(exportDir, 'meadow.mp4');
    await copyFile(sample, clip);
    const first = await start(page, exportDir, dataDir);
    await openClip(page, clip);
    await makeRabbit(page);
    await page.keyboard.press('i');
    await expect(page.getByText('72 marked')).toBeVisible();
    await expect(page.getByRole('banner').getByRole('status')).toHaveText('Saved');
    await expect(page.getByRole('banner').getByRole('status')).toHaveAttribute('title', /^Every change is saved at once, in .*meadow/);
    await page.keyboard.press('Control+s');
    await expect(page.getByText(/^Saved\. Every change is saved at once, in .*meadow/)).toBeVisible();
    // Its picture is made beside the work, and is no part of it.
    await expect
      .poll(async () => (await readdir(join(dataDir, 'projects'), { recursive: true })).some((name) => name.endsWith('.png')))
      .toBe(true);
    await first.end('SIGKILL');
    await expect(page.getByText('Connection lost. Reconnecting… Your work is saved.')).toBeVisible();

    const second = await start(page, exportDir, dataDir);
    const recent = page.getByRole('region', { name: 'Recent' }).getByRole('listitem');
    await expect(recent).toHaveCount(1);
    await expect(recent.getByRole('presentation')).toBeVisible();
    await recent.getByRole('button', { name: /^meadow/ }).press('Enter');
    await expectRabbit(page);
    await expect(page.getByText('72 marked')).toBeVisible();
    await second.end('SIGKILL');

    await rename(clip, join(exportDir, 'field.mp4'));
    await start(page, exportDir, dataDir);
    await recent.getByRole('button', { name: /^meadow/ }).click();
    const where = recent.getByRole('textbox', { name: /Where is it now/ });
    await where.fill(join(exportDir, 'nowhere.mp4'));
    await recent.getByRole('button', { name: 'Open it there' }).click();
    await expect(recent.getByRole('alert')).toContainText('nowhere.mp4');
    await where.fill(join(exportDir, 'field.mp4'));
    await where.press('Enter');
    await expectRabbit(page);

    // A project is taken off the list; its folder stays.
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('close tab');
    await page.keyboard.press('Enter');
    await recent.getByRole('button', { name: 'Remove meadow from this list' }).press('Enter');
    await expect(recent).toHaveCount(0);
    expect(await readdir(join(dataDir, 'projects'))).toHaveLength(1);
  });

  test('an engine that dies is started again with the work, and the user is told', async ({ page, exportDir, dataDir }) => {
    test.skip(process.platform !== 'linux', 'the engine is found by /proc');
    const heldStates = await holdWhileLoading(page);
    const host = await start(page, exportDir, dataDir);
    await openSample(page);
    await makeRabbit(page);
    const states = heldStates();
    for (const pid of await host.children()) process.kill(pid, 'SIGKILL');
    await test.step('what the new one is given is named, with a bar that can not be stopped', async () => {
      const status = page.getByRole('contentinfo');
      await expect(status).toContainText('Loading SAM2 Video nano', { timeout: 60_000 });
      await expect(status.getByRole('progressbar', { name: 'Model loading in progress' })).toBeVisible();
      await expect(status.getByRole('button', { name: /^Stop/ })).toHaveCount(0);
      states.release();
      await expect(status.getByRole('progressbar')).toHaveCount(0);
    });
    await expect(page.getByText('The engine was restarted. Your prompts and masks are kept')).toBeVisible({ timeout: 60_000 });
    await expectRabbit(page);
    await clickImage(page, 900, 300, 'right');
    await expect(page.getByRole('button', { name: /^Negative point/ })).toHaveCount(1);

    await test.step('a disk that takes no more is told at once, and again when it does', async (step) => {
      step.skip(spawnSync('prlimit', ['--version']).status !== 0, 'prlimit of util-linux is not installed');
      const limit = (bytes: string): void => void execFileSync('prlimit', ['--pid', String(host.pid), `--fsize=${bytes}:unlimited`]);
      const saved = page.getByRole('banner').getByRole('status');
      await expect(saved).toHaveText('Saved');
      limit('1');
      await page.getByRole('button', { name: 'Hide Rabbit' }).click();
      await expect(saved).toHaveText('Not saved');
      const told = page.getByText(/^Your last changes could not be saved to .* They are kept in memory and saved as soon as possible\.$/);
      await expect(told).toBeVisible();
      limit('unlimited');
      await expect(saved).toHaveText('Saved');
      await expect(page.getByText('Your changes are saved again.')).toBeVisible();
    });
  });

  test('two windows show one work; a lost link is taken up again', async ({ page, context, exportDir, dataDir }) => {
    const links: { close(): Promise<void> }[] = [];
    await page.routeWebSocket(/\/ws\?/, (socket) => {
      socket.connectToServer();
      links.push(socket);
    });
    const host = await start(page, exportDir, dataDir);
    await openSample(page);
    const other = await context.newPage();
    await other.goto(host.address);
    await makeRabbit(other);
    await expect(rabbit(page)).toContainText('1 prompt');

    await page.route('**/*', (route) => route.abort());
    await links[0]!.close();
    await other.getByRole('button', { name: 'Hide Rabbit' }).click();
    await expect.poll(() => links.length).toBeGreaterThan(1);
    await expect(page.getByRole('button', { name: 'Show Rabbit' })).toBeVisible();
    await page.getByRole('button', { name: 'Show Rabbit' }).click();
    await expect(other.getByRole('button', { name: 'Hide Rabbit' })).toBeVisible();
  });
});

test('a project is copied as one folder that opens elsewhere', async ({ app: page, host, exportDir }) => {
  test.skip(host === 'electron', "the desktop uses the system's dialog");
  await openSample(page);
  await makeRabbit(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('copy the project');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Copy the project' });
  await dialog.getByRole('textbox').fill(exportDir);
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(dialog.getByRole('status')).toContainText('Copied to ', { timeout: 60_000 });
  const copy = /Copied to (.*)\.$/.exec((await dialog.getByRole('status').textContent()) ?? '')![1]!;
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('button', { name: 'Delete Rabbit' }).click();
  await expect(rabbit(page)).toHaveCount(0);

  await rename(copy, join(exportDir, 'elsewhere'));
  await openClip(page, join(exportDir, 'elsewhere'));
  await expectRabbit(page);
});
