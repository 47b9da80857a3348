/** The export dialog: every choice in it changes what is written, and nothing half-written keeps a name. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { decode } from 'fast-png';
import { expect, test } from './host-fixture.ts';
import { clickImage, goToFrame, makeLongClip, openClip, openSample } from './window.ts';

const onRabbit = { x: 560, y: 370 };
const onStone = { x: 1000, y: 480 };
const width = 1280;
const height = 720;

const openDialog = async (page: Page, folder: string): Promise<Locator> => {
  await page.keyboard.press('Control+e');
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('Folder').fill(folder);
  await expect(dialog.getByText(/^About .* free$/)).toBeVisible();
  return dialog;
};

const units = { bytes: 1, kB: 1e3, MB: 1e6, GB: 1e9 };

const bytesIn = (path: string): number => {
  const found = statSync(path);
  return found.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0) : found.size;
};

/** Starts the export, waits for its end and gives the folder that was made, which is about as large as was said. */
const write = async (dialog: Locator, parent: string): Promise<string> => {
  const before = new Set(existsSync(parent) ? readdirSync(parent) : []);
  const start = dialog.getByRole('button', { name: 'Start export' });
  await expect(start).toBeEnabled();
  const said = await dialog.getByText(/^About [\d.]+ (?:bytes|[kMG]B) · .* free$/).textContent();
  await start.press('Enter');
  await expect(dialog.getByText('Export finished')).toBeVisible({ timeout: 120_000 });
  const made = readdirSync(parent).filter((name) => !before.has(name));
  expect(made).toHaveLength(1);
  const folder = join(parent, made[0]!);
  const [, number, unit] = /^About ([\d.]+) (bytes|[kMG]B)/.exec(said!)!;
  const share = bytesIn(folder) / (Number(number) * units[unit as keyof typeof units]);
  expect(share, said!).toBeGreaterThan(0.5);
  expect(share, said!).toBeLessThan(1.6);
  return folder;
};

const check = async (dialog: Locator, wanted: Record<string, boolean>): Promise<void> => {
  for (const [name, isChecked] of Object.entries(wanted)) await dialog.getByRole('checkbox', { name }).setChecked(isChecked);
};

/** RGB of a video's frames, all of them. */
const framesOf = (path: string): Buffer =>
  execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], { maxBuffer: 1 << 28 });

const probe = (path: string): { nb_read_frames: string; codec_name: string; width: number; height: number } =>
  JSON.parse(
    execFileSync('ffprobe', ['-v', 'error', '-count_frames', '-select_streams', 'v:0', '-show_streams', '-of', 'json', path], {
      encoding: 'utf8',
    }),
  ).streams[0];

const pixel = (frames: Buffer, frame: number, x: number, y: number): number[] => {
  const at = ((frame * height + y) * width + x) * 3;
  return [...frames.subarray(at, at + 3)];
};

const distance = (a: number[], b: number[]): number => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

test('range, objects, files and the look of masks are chosen, and what is written follows', async ({ app: page, exportDir }) => {
  await openSample(page);
  await goToFrame(page, 60);
  await clickImage(page, onRabbit.x, onRabbit.y);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
  await page.keyboard.press('a');
  await clickImage(page, onStone.x, onStone.y);
  await expect(page.getByText('Not tracked · 1 prompt')).toHaveCount(2);
  await goToFrame(page, 58);
  await page.keyboard.press('i');
  await goToFrame(page, 62);
  await page.keyboard.press('o');
  await expect(page.getByText('5 marked')).toBeVisible();

  let withMasks: Buffer;
  await test.step('the marked range, one object, every file', async () => {
    const dialog = await openDialog(page, exportDir);
    // What is marked is what most want of a clip that has marks.
    await expect(dialog.getByText('5 frames · 0:00.20')).toBeVisible();
    await dialog.getByText('Whole clip', { exact: true }).click();
    await expect(dialog.getByText('132 frames · 0:05.28')).toBeVisible();
    await dialog.getByText('Marked', { exact: true }).click();
    await dialog.getByText('Chosen', { exact: true }).click();
    await check(dialog, { COCO: true, Tracks: true, 'Object 2': false });
    await expect(dialog.getByText(/^New folder: sample /)).toBeVisible();
    const folder = await write(dialog, exportDir);
    expect(readdirSync(folder).sort()).toEqual(['annotated.mp4', 'coco.json', 'masks', 'results.json', 'tracks.csv']);

    const coco = JSON.parse(readFileSync(join(folder, 'coco.json'), 'utf8'));
    expect(coco.images.map(({ frame }: { frame: number }) => frame)).toEqual([58, 59, 60, 61, 62]);
    expect(coco.annotations.map((a: { image_id: number; category_id: number }) => [a.image_id, a.category_id])).toEqual([[61, 1]]);
    expect(coco.categories.map(({ name }: { name: string }) => name)).toEqual(['Object 1']);
    await test.step('pycocotools reads it', (step) => {
      const python = [process.env.SAM2_VIDEO_PYTHON, 'python3', 'python'].find(
        (each) => each && spawnSync(each, ['-c', 'import pycocotools.mask'], { stdio: 'ignore' }).status === 0,
      );
      step.skip(!python, 'neither SAM2_VIDEO_PYTHON nor python3 has pycocotools');
      const script = [
        'import contextlib, io, json, sys',
        'from pycocotools.coco import COCO',
        'with contextlib.redirect_stdout(io.StringIO()): coco = COCO(sys.argv[1])',
        'mask = coco.annToMask(coco.loadAnns(coco.getAnnIds())[0])',
        'print(json.dumps([list(mask.shape), int(mask.sum()), int(mask[370, 560]), int(mask[10, 10])]))',
      ].join('\n');
      const read = JSON.parse(execFileSync(python!, ['-c', script, join(folder, 'coco.json')], { encoding: 'utf8' }));
      expect(read).toEqual([[height, width], coco.annotations[0].area, 1, 0]);
    });
    expect(readFileSync(join(folder, 'tracks.csv'), 'utf8').trim().split('\n')).toHaveLength(2);
    const results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
    expect(results.frames.map(({ frame }: { frame: number }) => frame)).toEqual([58, 59, 60, 61, 62]);

    expect(readdirSync(join(folder, 'masks')).sort()).toEqual(['00058.png', '00059.png', '00060.png', '00061.png', '00062.png']);
    const mask = decode(readFileSync(join(folder, 'masks', '00060.png')));
    expect(mask.palette?.slice(0, 3)).toEqual([
      [0, 0, 0],
      [128, 0, 0],
      [0, 128, 0],
    ]);
    expect([...new Set(mask.data)].sort()).toEqual([0, 1]);
    expect(mask.data.filter((value) => value === 1)).toHaveLength(coco.annotations[0].area);

    expect(probe(join(folder, 'annotated.mp4'))).toMatchObject({ codec_name: 'h264', nb_read_frames: '5', width, height });
    withMasks = framesOf(join(folder, 'annotated.mp4'));
    await dialog.getByRole('button', { name: 'Export again' }).click();
  });

  await test.step('a range that is typed, as a time and a frame; the clip without masks', async () => {
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await dialog.getByLabel('Folder').fill(exportDir);
    await dialog.getByText('From … to', { exact: true }).click();
    await dialog.getByLabel('First frame').fill('soon');
    await expect(dialog.getByText('Enter a frame number or a time').first()).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Start export' })).toBeDisabled();
    await dialog.getByLabel('First frame').fill('0:02.32');
    await dialog.getByLabel('Last frame').fill('62');
    // Whoever exports again finds the choices as they were.
    await expect(dialog.getByRole('checkbox', { name: 'Object 2' })).not.toBeChecked();
    await check(dialog, { 'Mask images': false, Results: false, COCO: false, Tracks: false, Contours: false, Fill: false });
    await expect(dialog.getByText('The clip is written unchanged.')).toBeVisible();
    const folder = await write(dialog, exportDir);
    expect(readdirSync(folder)).toEqual(['annotated.mp4']);
    const plain = framesOf(join(folder, 'annotated.mp4'));
    expect(plain).toHaveLength(withMasks.length);
    expect(distance(pixel(withMasks, 2, onRabbit.x, onRabbit.y), pixel(plain, 2, onRabbit.x, onRabbit.y))).toBeGreaterThan(25);
    // Object 2 was not chosen, and the other frames hold no masks.
    expect(distance(pixel(withMasks, 2, onStone.x, onStone.y), pixel(plain, 2, onStone.x, onStone.y))).toBeLessThan(20);
    expect(distance(pixel(withMasks, 0, onRabbit.x, onRabbit.y), pixel(plain, 0, onRabbit.x, onRabbit.y))).toBeLessThan(20);

    await dialog.getByRole('button', { name: 'Export again' }).click();
    await dialog.getByText('Marked', { exact: true }).click();
    await dialog.getByText('All (2)', { exact: true }).click();
    await check(dialog, { Fill: true, Names: true });
    await dialog.getByLabel('Fill opacity').fill('0.9');
    await expect(dialog.getByText('90 %')).toBeVisible();
    const opaque = framesOf(join(await write(dialog, exportDir), 'annotated.mp4'));
    const at = (frames: Buffer): number[] => pixel(frames, 2, onRabbit.x, onRabbit.y);
    expect(distance(at(opaque), at(plain))).toBeGreaterThan(distance(at(withMasks), at(plain)) + 10);
    // The second object is drawn too now, and names lie outside the masks.
    expect(distance(pixel(opaque, 2, onStone.x, onStone.y), pixel(plain, 2, onStone.x, onStone.y))).toBeGreaterThan(25);
    await dialog.getByRole('button', { name: 'Done' }).click();
  });

  await test.step('by keyboard alone', async () => {
    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await expect(dialog.getByRole('button', { name: 'Start export' })).toBeFocused();
    await dialog.getByRole('checkbox', { name: 'Annotated video' }).focus();
    // The video alone was exported last.
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowLeft');
    await expect(dialog.getByText('132 frames · 0:05.28')).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await expect(dialog.getByText('5 frames · 0:00.20')).toBeVisible();
    const before = new Set(readdirSync(exportDir));
    await dialog.getByLabel('Folder').focus();
    await expect(dialog.getByRole('button', { name: 'Start export' })).toBeEnabled();
    await page.keyboard.press('Enter');
    await expect(dialog.getByText('Export finished')).toBeVisible();
    const made = readdirSync(exportDir).filter((name) => !before.has(name));
    expect(readdirSync(join(exportDir, made[0]!)).sort()).toEqual(['results.json', 'tracks.csv']);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });
});

test('the folder is shown, remembered and refused; a cancelled export leaves no half file', async ({ app: page, exportDir, host }) => {
  // On the web host, where a path can be typed, a clip so long that no machine has exported it before it is cancelled.
  if (host === 'electron') await openSample(page);
  else await openClip(page, makeLongClip(exportDir, 20));
  await goToFrame(page, 60);
  await clickImage(page, onRabbit.x, onRabbit.y);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
  const folder = join(exportDir, 'for the client');
  mkdirSync(folder);

  await test.step('a folder that this server may not use is refused before anything is written', async (step) => {
    step.skip(host === 'electron', 'the desktop app may use every folder of its user');
    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await expect(dialog.getByLabel('Folder')).toHaveValue(exportDir);
    await dialog.getByLabel('Folder').fill('/etc');
    await expect(dialog.getByRole('alert')).toContainText('outside the folders');
    await expect(dialog.getByRole('button', { name: 'Start export' })).toBeDisabled();
    await page.keyboard.press('Escape');
  });

  await test.step('a run is cancelled: no file, and no part of one, is left', async () => {
    const dialog = await openDialog(page, folder);
    await check(dialog, { Results: false });
    await dialog.getByRole('button', { name: 'Start export' }).press('Enter');
    await expect(dialog.getByRole('progressbar', { name: 'Export progress' })).toBeVisible();
    const files = () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    // What is not whole has not the name of what is.
    await expect.poll(() => files().length).toBeGreaterThan(0);
    expect(files().filter(({ name, parentPath }) => !`${parentPath}/${name}`.includes('.partial-'))).toEqual([]);
    await dialog.getByRole('button', { name: 'Cancel export' }).press('Enter');
    await expect(dialog.getByText('Export cancelled.')).toBeVisible();
    expect(files().map(({ name }) => name)).toEqual([]);
    // The one in the corner has the same name.
    await dialog.getByRole('button', { name: 'Close' }).last().press('Enter');
  });

  await test.step('the next export begins with the folder of the last one', async () => {
    await page.reload();
    await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible();
    await page.keyboard.press('Control+e');
    await expect(page.getByRole('dialog', { name: 'Export' }).getByLabel('Folder')).toHaveValue(folder);
  });
});

test.describe('where the disk is full', () => {
  // A file system that never has room.
  test.use({ hostEnv: { SAM2_VIDEO_EXPORT_FOLDER: '/proc' } });

  test('an export that does not fit is refused before it begins', async ({ app: page, exportDir }) => {
    test.skip(process.platform !== 'linux', '/proc is the full disk of this test');
    await openSample(page);
    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await expect(dialog.getByLabel('Folder')).toHaveValue('/proc');
    await expect(
      dialog.getByText(/^About .* 0 bytes free\. Not enough free space\. Choose another folder, a shorter range or fewer files\.$/),
    ).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Start export' })).toBeDisabled();
    await dialog.getByLabel('Folder').fill(exportDir);
    await expect(dialog.getByRole('button', { name: 'Start export' })).toBeEnabled();
    expect(readdirSync(exportDir)).toEqual([]);
  });
});
