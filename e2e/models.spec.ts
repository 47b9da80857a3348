/** The models dialog: a checkpoint downloaded from a server on loopback, put to work, checked and removed. */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CheckpointServer, serving, stallAfter, whole } from '../src/main/services/models/testing/checkpoint-server.ts';
import { embeddedCheckpoint, embeddedModel } from '../tests/embedded-model.ts';
import { test as base, expect, withFolder } from './host-fixture.ts';
import { clickImage, openSample } from './window.ts';

const root = resolve(import.meta.dirname, '..');
const checkpoint = resolve(root, '../shared/fixtures/sam21-small256/sam2_small256.pt');
const name = 'SAM 2.1 test model';

const test = base.extend<{ folder: string; server: CheckpointServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
  folder: async ({}, use) => {
    await withFolder('models', async (folder) => {
      cpSync(join(root, 'models/nano/bundle'), join(folder, 'app/nano/bundle'), { recursive: true });
      cpSync(join(root, 'tests/fixtures/sam21-small256'), join(folder, 'app/sam21-small256'), { recursive: true });
      await use(folder);
    });
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
  server: async ({}, use) => {
    const body = readFileSync(checkpoint);
    await using server = await CheckpointServer.start(body, stallAfter(4_000_000), serving(Buffer.alloc(body.length, 1)), whole);
    await use(server);
  },
  hostEnv: async ({ folder, server }, use) => {
    await use({
      SAM2_VIDEO_MODELS: join(folder, 'app'),
      SAM2_VIDEO_DATA: join(folder, 'data'),
      SAM2_VIDEO_MODELS_URL: server.url,
      NO_PROXY: '127.0.0.1',
    });
  },
});

test.skip(!existsSync(checkpoint), `${checkpoint} is not on this machine`);

test('a model is downloaded, cancelled, refused, installed, used on the open clip, verified and removed', async ({ app: page, server }) => {
  await openSample(page);
  await clickImage(page, 200, 330);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
  await page.getByRole('button', { name: `SAM2 Video nano · ${embeddedModel.imageSize} px · CPU` }).click();
  const dialog = page.getByRole('dialog', { name: 'Models' });
  await expect(dialog.getByText(/^CPU: /)).toBeVisible();
  const row = dialog.getByRole('listitem', { name });
  await expect(row).toContainText('Not installed');
  await expect(row).toContainText('11.9 MB');
  await expect(row).toContainText('Licence: Random weights');
  expect(server.requests).toEqual([]);

  await test.step('it says what the model runs on and why, and how fast it is here', async () => {
    await expect(
      dialog.getByText(/^CPU: the best one available on this machine; images are encoded in fp32, as full precision is chosen$/),
    ).toBeVisible();
    await expect(dialog.getByText('Not measured yet')).toBeVisible();
    await dialog.getByRole('button', { name: 'Measure', exact: true }).press('Enter');
    await expect(dialog.getByText(/^[\d.]+ frames\/s with 1 object$/)).toBeVisible({ timeout: 120_000 });
    await expect(dialog.getByRole('button', { name: 'Measure', exact: true })).toBeEnabled();
  });

  await test.step('cancelling keeps what came', async () => {
    await row.getByRole('button', { name: `Get ${name}` }).click();
    await expect(row.getByRole('progressbar', { name: `Download of ${name}` })).toBeVisible();
    await expect(row).toContainText('of 11.9 MB');
    await row.getByRole('button', { name: 'Cancel download' }).click();
    await expect(row).toContainText('The part already downloaded is kept');
    await expect(row).toContainText('Partly downloaded');
  });

  await test.step('wrong bytes are refused, with the reason', async () => {
    await row.getByRole('button', { name: `Get ${name}` }).click();
    await expect(row.getByRole('alert')).toContainText('The checkpoint');
    await expect(row).toContainText('Not installed');
  });

  await test.step('the right ones are installed, and it is said that nobody vouches for them', async () => {
    await row.getByRole('button', { name: `Get ${name}` }).click();
    await expect(row).toContainText('was recorded and is checked from now on');
    await expect(row).toContainText('Installed');
    expect(server.requests.at(-1)!.range).toBeUndefined();
  });

  await test.step('it is put to work with the clip open', async () => {
    await row.getByRole('button', { name: `Use at 256 px: ${name}` }).click();
    await expect(row.getByRole('button', { name: `Use at 256 px: ${name}` })).toHaveAttribute('aria-pressed', 'true');
    await expect(row.getByRole('button', { name: 'is in use' })).toBeDisabled();
    await row.getByRole('button', { name: `Verify ${name}` }).click();
    await expect(row).toContainText('is intact');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('button', { name: /SAM 2.1 test model · 256 px · CPU/ })).toBeVisible();
    await expect(page.getByRole('banner').getByText('sample.mp4')).toBeVisible();
    await expect(page.getByRole('button', { name: /^Object 1/ })).toContainText('1 prompt');
  });

  await test.step('it is removed when another is at work', async () => {
    await page.keyboard.press('m');
    await dialog.getByRole('button', { name: `Use at ${embeddedModel.imageSize} px: SAM2 Video nano` }).click();
    await row.getByRole('button', { name: `Remove ${name}` }).click();
    await row.getByRole('button', { name: `Remove ${name} from this disk` }).click();
    await expect(row).toContainText('Not installed');
  });
});

test('a checkpoint is imported from disk; what does not fit is refused there', async ({ app: page, host, folder, exportDir }) => {
  test.skip(host === 'electron', "the web host's folders are what is tested");
  await page.keyboard.press('m');
  const dialog = page.getByRole('dialog', { name: 'Models' });
  const path = dialog.getByRole('textbox', { name: /Import a checkpoint/ });
  const importButton = dialog.getByRole('button', { name: 'Import' });
  await path.fill(checkpoint);
  await importButton.click();
  await expect(dialog.getByRole('alert')).toContainText('outside the folders');

  const copy = join(exportDir, 'mine.pt');
  cpSync(embeddedCheckpoint, copy);
  await path.fill(copy);
  await importButton.click();
  await expect(dialog.getByRole('alert')).toContainText('fits no model');

  cpSync(checkpoint, copy);
  await importButton.click();
  const row = dialog.getByRole('listitem', { name });
  await expect(row.getByRole('button', { name: `Use at 256 px: ${name}` })).toBeEnabled();
  expect(existsSync(join(folder, 'data/models/sam21-small256/sam2_small256.pt'))).toBe(true);
});
