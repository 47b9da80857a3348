/** What a newcomer sees: the bundled clip with its object being tracked, and a second object one click away. */
import { join } from 'node:path';
import { expect, test, withFolder } from './host-fixture.ts';
import { root, startWebHost } from './web-host.ts';
import { clickImage, maskStrength } from './window.ts';

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
