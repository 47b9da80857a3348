/** What a user does in the window, by role and name, and what they see in the picture. */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, type Page } from '@playwright/test';

export interface TestHook {
  pageFromImage(x: number, y: number): { x: number; y: number };
  readImagePixels(points: readonly { x: number; y: number }[], hasMasks?: boolean): [number, number, number, number][];
  shownFrame(): number;
  drawnWidths(): { picture: number; canvas: number };
  setDrawBudget(ms: number): void;
}

type HookWindow = { __sam2Test: TestHook };

export const sampleFrames = 132;
export const framesPerSecond = 25;

export const openSample = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Open the sample clip' }).click();
  await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => pixelAt(page, 640, 360).then((p) => p[3])).toBe(255);
};

/** The sample several times over, without sound. @returns its path */
export const makeLongClip = (folder: string, times: number): string => {
  const path = join(folder, 'long.mkv');
  const input = ['-stream_loop', String(times - 1), '-i', resolve('tests/fixtures/cartoon/sample.mp4')];
  execFileSync('ffmpeg', ['-v', 'error', ...input, '-an', '-c', 'copy', path]);
  return path;
};

/** Opens a clip by its path in a tab of its own; the web host alone has a field for that. */
export const openClip = async (page: Page, path: string): Promise<void> => {
  await page.keyboard.press('Control+o');
  const dialog = page.getByRole('dialog', { name: 'Open a clip' });
  await dialog.getByRole('textbox').fill(path);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden({ timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible({ timeout: 60_000 });
};

const tabs = (page: Page) => page.getByRole('tablist', { name: 'Open clips' });

/** The tab of a clip, which is there when several are open. */
export const tabOf = (page: Page, name: string | RegExp) => tabs(page).getByRole('tab', { name });

/** Waits until these tabs are there, in this order, and the chosen one. */
export const expectTabs = async (page: Page, names: readonly (string | RegExp)[], chosen: string | RegExp): Promise<void> => {
  await expect(tabs(page).getByRole('tab')).toHaveText(names);
  await expect(tabs(page).getByRole('tab', { selected: true })).toHaveText(chosen);
};

/** Goes to a frame by its number and waits until its picture is on screen. */
export const goToFrame = async (page: Page, frame: number): Promise<void> => {
  await page.getByRole('button', { name: /Go to a frame or a time$/ }).click();
  await page.getByRole('textbox', { name: 'Go to a frame or a time' }).fill(String(frame));
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Frame number')).toHaveText(String(frame));
  await expect.poll(() => page.evaluate(() => (globalThis as unknown as HookWindow).__sam2Test.shownFrame())).toBe(frame);
};

/** RGBA drawn at source pixels. */
export const pixelsAt = (page: Page, points: readonly { x: number; y: number }[]): Promise<[number, number, number, number][]> =>
  page.evaluate((all) => (globalThis as unknown as HookWindow).__sam2Test.readImagePixels(all), points);

export const pixelAt = async (page: Page, x: number, y: number): Promise<[number, number, number, number]> =>
  (await pixelsAt(page, [{ x, y }]))[0]!;

/** Where a source pixel is on the page. */
export const pagePoint = (page: Page, x: number, y: number): Promise<{ x: number; y: number }> =>
  page.evaluate(([px, py]) => (globalThis as unknown as HookWindow).__sam2Test.pageFromImage(px!, py!), [x, y]);

export const clickImage = async (page: Page, x: number, y: number, button: 'left' | 'right' = 'left'): Promise<void> => {
  const at = await pagePoint(page, x, y);
  await page.mouse.click(at.x, at.y, { button });
};

/** Drags from one source pixel to another. */
export const drag = async (
  page: Page,
  from: { x: number; y: number },
  to: { x: number; y: number },
  button: 'left' | 'middle' = 'left',
): Promise<void> => {
  const a = await pagePoint(page, from.x, from.y);
  const b = await pagePoint(page, to.x, to.y);
  await page.mouse.move(a.x, a.y);
  await page.mouse.down({ button });
  await page.mouse.move(b.x, b.y, { steps: 6 });
  await page.mouse.up({ button });
};

/** How far the masks change source pixels: 0 where there is none. */
export const maskStrengths = (page: Page, points: readonly { x: number; y: number }[]): Promise<number[]> =>
  page.evaluate((all) => {
    const { readImagePixels } = (globalThis as unknown as HookWindow).__sam2Test;
    const [withMask, without] = [true, false].map((hasMasks) => readImagePixels(all, hasMasks));
    return all.map((_, at) => Math.max(...[0, 1, 2].map((i) => Math.abs(withMask![at]![i]! - without![at]![i]!))));
  }, points);

export const maskStrength = async (page: Page, x: number, y: number): Promise<number> => (await maskStrengths(page, [{ x, y }]))[0]!;
