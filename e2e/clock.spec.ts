/** Clips of variable frame rate: times and frames agree with the file, and playing keeps to them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from './host-fixture.ts';
import { goToFrame, openClip, type TestHook } from './window.ts';

/** Small, as a thumbnail is: ten frames 40 ms apart, one that stands for 1.24 s, then 70 frames 20 ms apart. */
const makeClip = (path: string): void => {
  const source = 'testsrc2=s=160x120:r=50:d=3';
  const times = "select='lt(n,20)*not(mod(n,2))+gte(n,80)'";
  const file = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-video_track_timescale', '90000', path];
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', source, '-vf', times, '-vsync', 'vfr', ...file]);
};

const timesOf = (path: string): number[] =>
  execFileSync('ffprobe', ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'frame=pts_time', '-of', 'csv=p=0', path], {
    encoding: 'utf8',
  })
    .split('\n')
    .map((line) => Number.parseFloat(line))
    .filter((seconds) => !Number.isNaN(seconds))
    .map((seconds) => seconds * 1000);

/** "0:01.62" */
const clockOf = (timeMs: number): string => `0:${(Math.round(timeMs / 10) / 100).toFixed(2).padStart(5, '0')}`;

test('the clock, the ruler, seeking and playing follow the frame times of the file', async ({ app: page, exportDir, host }) => {
  test.skip(host === 'electron', 'the desktop app asks for a clip with a dialog of the system');
  const path = join(exportDir, 'uneven.mp4');
  makeClip(path);
  const timesMs = timesOf(path);
  expect(timesMs).toHaveLength(80);
  expect(timesMs[10]! - timesMs[9]!).toBeGreaterThan(1000);

  await openClip(page, path);
  await expect(page.getByText(/80 frames · .* fps \(variable\)/)).toBeVisible();
  const clock = page.getByRole('button', { name: /Go to a frame or a time$/ });
  const frame = page.getByLabel('Frame number');

  await test.step('every frame has its own time', async () => {
    for (const n of [0, 4, 9, 10, 11, 79]) {
      await goToFrame(page, n);
      await expect(clock).toHaveText(clockOf(timesMs[n]!));
    }
  });

  await test.step('a time that is typed is the frame nearest to it', async () => {
    for (const [typed, wanted] of [
      ['0:00.9', 9],
      ['0:01.2', 10],
      ['1.64', 12],
    ] as const) {
      await clock.click();
      await page.keyboard.type(typed);
      await page.keyboard.press('Enter');
      await expect(frame).toHaveText(String(wanted));
    }
  });

  await test.step('a second is a second, however many frames it has', async () => {
    await goToFrame(page, 9);
    await page.keyboard.press('Shift+ArrowRight');
    await expect(frame).toHaveText('10');
    await goToFrame(page, 20);
    await page.keyboard.press('Shift+ArrowRight');
    await expect(frame).toHaveText('70');
  });

  await test.step('the picture under the pointer is told with its time', async () => {
    const box = (await page.getByRole('slider', { name: 'Position' }).boundingBox())!;
    const left = box.x + 140;
    const width = box.width - 152;
    await page.mouse.move(left + (width * 10.5) / 80, box.y + 10);
    await expect(page.getByText(`${clockOf(timesMs[10]!)} · 10`)).toBeVisible();
    await page.mouse.move(left, box.y - 100);
  });

  await test.step('playing shows no frame before its time, and passes over no time', async () => {
    await goToFrame(page, 0);
    const record = page.evaluate(
      () =>
        new Promise<[number, number][]>((done) => {
          const hook = (globalThis as unknown as { __sam2Test: TestHook }).__sam2Test;
          const seen: [number, number][] = [];
          const start = performance.now();
          const look = (): void => {
            const shown = hook.shownFrame();
            if (seen.at(-1)?.[0] !== shown) seen.push([shown, performance.now()]);
            // Long enough for a machine that needs ten times as long.
            if (shown === 79 || performance.now() - start > 30_000) done(seen);
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
    await page.keyboard.press('Space');
    const seen = await record;
    expect(seen.at(-1)![0]).toBe(79);
    // Counted from before the key was pressed, so that a machine that draws late changes nothing.
    const [first, at] = seen[0]!;
    expect(first).toBe(0);
    for (const [shown, now] of seen) expect(now - at).toBeGreaterThan(timesMs[shown]! - timesMs[0]! - 60);
    expect(seen.map(([shown]) => shown)).toEqual([...seen.map(([shown]) => shown)].sort((a, b) => a - b));
  });
});
