/**
 * How a clip with many objects feels in the window: opening, seeking, the timeline while it zooms and scrolls, an edit.
 */
import type { Page } from 'playwright';
import { median } from '../statistics.ts';
import { type BenchWindow, type HookWindow, residentBytes, seekMs, windowHeap } from './open-window.ts';

export interface TimelineFigures {
  frames: number;
  /** Until the picture is on screen. */
  openMs: number;
  /** Until every lane is there. */
  lanesMs: number;
  /** Until every picture of the filmstrip is there, with the whole clip in view. */
  filmstripMs: number;
  seekMs: number;
  zoomFramesPerSecond: number;
  scrollFramesPerSecond: number;
  /** From the key until the name is on screen again, over the host. */
  renameMs: number;
  windowBytes: number;
  /** Resident. */
  hostBytes: number;
  engineBytes: number;
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

/**
 * When a canvas of the timeline stopped changing.
 * @param index of the ruler (0), the filmstrip, the lanes
 * @param from in the page's time
 * @param quietMs without a change
 * @returns ms since `from`
 */
const settledMs = (page: Page, index: number, from: number, quietMs: number): Promise<number> =>
  page.evaluate(
    ([canvas, start, quiet]) =>
      new Promise<number>((done) => {
        let before = '';
        let changed = performance.now();
        const look = (): void => {
          const now = document.querySelectorAll<HTMLCanvasElement>('#timeline-lanes canvas')[canvas]?.toDataURL() ?? '';
          if (now !== before) changed = performance.now();
          before = now;
          if (performance.now() - changed < quiet) setTimeout(look, 50);
          else done(changed - start);
        };
        look();
      }),
    [index, from, quietMs] as const,
  );

/** @param project a project's folder */
export const measureTimeline = async ({ page, cdp, host }: BenchWindow, project: string, frames: number): Promise<TimelineFigures> => {
  await page.keyboard.press('Control+o');
  await page.getByRole('dialog').getByRole('textbox').fill(project);
  const started = await page.evaluate(() => performance.now());
  await page.keyboard.press('Enter');
  // The dialog goes when the clip is open; what was there before has its timeline and picture still.
  await page.getByRole('dialog').waitFor({ state: 'hidden', timeout: 300_000 });
  await page.getByText(`${frames.toLocaleString('en')} frames`).waitFor();
  await page.waitForFunction(
    () =>
      document.querySelector('#timeline-lanes') !== null &&
      (globalThis as unknown as HookWindow).__sam2Test.readImagePixels([{ x: 20, y: 20 }])[0]?.[3] === 255,
    undefined,
    { timeout: 300_000 },
  );
  const openMs = await page.evaluate((from) => performance.now() - from, started);
  const lanesMs = await settledMs(page, 2, started, 600);
  const filmstripMs = await settledMs(page, 1, started, 3000);
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
  const processes = residentBytes(host.pid!);
  const bytesOf = (isWanted: (pid: number) => boolean): number =>
    processes.filter(({ pid }) => isWanted(pid)).reduce((sum, { bytes }) => sum + bytes, 0);
  const hostBytes = bytesOf((pid) => pid === host.pid);
  const engineBytes = bytesOf((pid) => pid !== host.pid);
  return {
    frames,
    openMs,
    lanesMs,
    filmstripMs,
    seekMs: median(seeks),
    zoomFramesPerSecond,
    scrollFramesPerSecond,
    renameMs: median(renames),
    windowBytes,
    hostBytes,
    engineBytes,
  };
};
