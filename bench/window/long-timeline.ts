/** How a clip with many objects feels in the window: opening, seeking, the timeline while it zooms and scrolls, an edit. */
import type { Page } from 'playwright';
import { type BenchWindow, type HookWindow, median, seekMs, windowHeap } from './open-window.ts';

export interface TimelineFigures {
  frames: number;
  /** Until the picture is on screen. */
  openMs: number;
  /** Until every lane is there. */
  lanesMs: number;
  seekMs: number;
  zoomFramesPerSecond: number;
  scrollFramesPerSecond: number;
  /** From the key until the name is on screen again, over the host. */
  renameMs: number;
  windowBytes: number;
}

const wheelMs = 3000;

/** Turns the wheel once a frame, half of the time forward and half of it back, and counts the frames. */
const wheelRate = (page: Page, kind: 'zoom' | 'scroll'): Promise<number> =>
  page.evaluate(
    ([how, length]) =>
      new Promise<number>((done) => {
        const lanes = document.querySelector('#timeline-lanes > canvas')!;
        const box = lanes.getBoundingClientRect();
        let turned = 0;
        const start = performance.now();
        const turn = (): void => {
          const elapsed = performance.now() - start;
          if (elapsed > length) {
            done((1000 * turned) / elapsed);
            return;
          }
          turned++;
          const isBack = elapsed > length / 2;
          const by = isBack ? -30 : 30;
          lanes.dispatchEvent(
            new WheelEvent('wheel', {
              bubbles: true,
              cancelable: true,
              clientX: box.left + 500 + (turned % 7) * 60,
              clientY: box.top + 8,
              deltaX: how === 'scroll' ? by : 0,
              deltaY: how === 'zoom' ? -by : 0,
            }),
          );
          requestAnimationFrame(turn);
        };
        requestAnimationFrame(turn);
      }),
    [kind, wheelMs] as const,
  );

/** @param project a project's folder */
export const measureTimeline = async ({ page, cdp }: BenchWindow, project: string, frames: number): Promise<TimelineFigures> => {
  const lanesTold = page.waitForEvent('console', { predicate: (message) => message.text() === 'bench: lanes', timeout: 300_000 });
  await page.keyboard.press('Control+o');
  await page.getByRole('dialog').getByRole('textbox').fill(project);
  const started = await page.evaluate(() => performance.now());
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    () =>
      document.querySelector('#timeline-lanes') !== null &&
      (globalThis as unknown as HookWindow).__sam2Test.readImagePixel(20, 20)[3] === 255,
    undefined,
    { timeout: 300_000 },
  );
  const openMs = await page.evaluate((from) => performance.now() - from, started);
  // The lanes are there when their picture does not change any more.
  await page.evaluate(
    () =>
      new Promise<void>((done) => {
        let before = '';
        let same = 0;
        const look = (): void => {
          const canvas = document.querySelectorAll<HTMLCanvasElement>('#timeline-lanes canvas')[2]!;
          const now = canvas.toDataURL();
          same = now === before ? same + 1 : 0;
          before = now;
          if (same < 6) setTimeout(look, 100);
          else {
            console.log('bench: lanes');
            done();
          }
        };
        look();
      }),
  );
  await lanesTold;
  const lanesMs = (await page.evaluate((from) => performance.now() - from, started)) - 600;
  const seeks: number[] = [];
  for (const share of [0.9, 0.1, 0.55, 0.3, 0.75]) seeks.push(await seekMs(page, Math.floor(frames * share)));
  const zoomFramesPerSecond = await wheelRate(page, 'zoom');
  for (let i = 0; i < 12; i++) await page.keyboard.press('Alt+=');
  const scrollFramesPerSecond = await wheelRate(page, 'scroll');
  await page.keyboard.press('Alt+0');
  await page.keyboard.press('1');
  const renames: number[] = [];
  for (const name of ['one', 'two', 'three']) {
    await page.keyboard.press('F2');
    await page.keyboard.press('Control+a');
    await page.keyboard.type(name);
    const from = await page.evaluate(() => performance.now());
    await page.keyboard.press('Enter');
    await page.getByText(name, { exact: true }).first().waitFor();
    renames.push(await page.evaluate((start) => performance.now() - start, from));
  }
  const windowBytes = await windowHeap(cdp);
  return {
    frames,
    openMs,
    lanesMs,
    seekMs: median(seeks),
    zoomFramesPerSecond,
    scrollFramesPerSecond,
    renameMs: median(renames),
    windowBytes,
  };
};
