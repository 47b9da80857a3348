/** What a newcomer sees: the bundled clip with its object being tracked, and a second object one click away. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { embeddedModel } from '../tests/embedded-model.ts';
import { expectAccessible } from './axe.ts';
import { expect, test, withFolder } from './host-fixture.ts';
import { root, sampleClip, startWebHost } from './web-host.ts';
import { clickImage, maskStrength, openClip, openSample } from './window.ts';

test('the bundled clip is open with its object tracked, and a click on the table makes a second one', async ({ page, host: project }) => {
  test.skip(project === 'electron', 'the web host starts it');
  await withFolder('first', async (folder) => {
    const env = { SAM2_VIDEO_DATA: join(folder, 'data'), SAM2_VIDEO_SAMPLE: join(root, 'resources/sample.mp4') };
    const host = await startWebHost(folder, env, ['--sample']);
    try {
      await page.goto(host.address);
      await expect(page.getByRole('banner').getByText('sample.mp4')).toBeVisible();
      await expect(page.getByRole('button', { name: /^Squirrel/ })).toContainText('1 prompt');
      await expect.poll(() => maskStrength(page, 430, 520), { timeout: 60_000 }).toBeGreaterThan(15);
      await expect(page.getByText(/to add a second object/)).toBeVisible();
      await clickImage(page, 120, 600);
      await expect(page.getByRole('button', { name: /^Object 2/ })).toContainText('1 prompt');
      await expect.poll(() => maskStrength(page, 220, 610)).toBeGreaterThan(15);
    } finally {
      await host.end('SIGTERM');
    }
  });
});

test.describe('after a first run', () => {
  test.use({
    hostEnv: async ({ dataDir, exportDir }, use) => {
      // A model of the offered one's name whose graphs are small, and a speed that the embedded one was seen to have.
      const models = join(exportDir, 'models');
      cpSync(join(root, 'models/nano/bundle'), join(models, 'nano/bundle'), { recursive: true });
      cpSync(join(root, 'tests/fixtures/sam21-small256'), join(models, 'sam2.1-tiny'), { recursive: true });
      const { imageSize } = embeddedModel;
      const speed = { id: 'nano', imageSize, provider: 'cpu', objects: 1, framesPerSecond: 9, measuredAt: '2026-12-01T00:00:00.000Z' };
      mkdirSync(dataDir, { recursive: true });
      writeFileSync(join(dataDir, 'models.json'), JSON.stringify({ speeds: [speed] }));
      await use({ SAM2_VIDEO_MODELS: models, SAM2_VIDEO_DATA: dataDir, SAM2_VIDEO_ENGINE_MODEL_OFFER: '' });
    },
  });

  test('a better model is offered once, with size, licence and the speed measured here; bars compare all', async ({
    app: page,
    exportDir,
  }) => {
    const clip = join(exportDir, 'brook.mp4');
    execFileSync('ffmpeg', ['-v', 'error', '-i', sampleClip, '-t', '0.4', '-an', clip]);
    await openClip(page, clip);
    await clickImage(page, 200, 330);
    await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
    const offer = page.getByRole('complementary', { name: 'A better model' });
    await expect(offer).toHaveCount(0);
    await page.keyboard.press('t');
    await expect(offer).toContainText('11.9 MB · Random weights');
    await expectAccessible(page, 'the offer of a better model');
    await offer.getByRole('button', { name: 'Measure its speed' }).click();
    await expect(offer).toContainText(/[\d.]+ frames\/s here at 256 px; the present model: 9\.0\./, { timeout: 60_000 });
    await offer.getByRole('button', { name: 'Show models' }).click();
    await expect(offer).toHaveCount(0);
    const row = page.getByRole('dialog', { name: 'Models' }).getByRole('listitem', { name: 'SAM 2.1 test model' });
    await expect(row.getByRole('meter', { name: 'Quality: SAM 2.1 test model' })).toHaveAttribute('aria-valuetext', '77 J&F');
    await expect(row.getByRole('meter', { name: 'Speed at 256 px: SAM 2.1 test model' })).toHaveAttribute('aria-valuetext', /frames\/s$/);
    await expectAccessible(page, 'bars for quality and speed');
  });
});

test('the browser asks before its tab is closed while something runs, and not otherwise', async ({ app: page, host }) => {
  test.skip(host === 'electron', 'the desktop asks in a dialog of the system (tests/desktop)');
  await openSample(page);
  await clickImage(page, 560, 370);
  await expect(page.getByText(/1 prompt/).first()).toBeVisible();
  const asked: string[] = [];
  page.on('dialog', async (dialog) => {
    asked.push(dialog.type());
    await dialog.accept();
  });
  await page.reload();
  await expect(page.getByText(/1 prompt/).first()).toBeVisible();
  expect(asked).toEqual([]);
  await clickImage(page, 562, 372);
  await page.keyboard.press('t');
  await expect(page.getByRole('progressbar', { name: 'Tracking progress' })).toBeVisible();
  await page.reload();
  expect(asked).toEqual(['beforeunload']);
  await expect(page.getByText(/1 prompt/).first()).toBeVisible();
});
