/** Playing as it is seen: pictures that change on the screen, and what travels for them. */
import type { Page } from 'playwright';
import type { HookWindow } from './open-window.ts';

interface SocketWatch {
  /** Binary messages and their bytes so far. */
  messages: number;
  bytes: number;
  /** When the last prompt left and the last picture came; ms of the wall clock. */
  promptSent: number;
  pictureCame: number;
}

export type WatchWindow = { __bench: SocketWatch };

/** Runs in the page before the app: counts what goes over its WebSocket. */
export const watchSocket = (): void => {
  const watch: SocketWatch = { messages: 0, bytes: 0, promptSent: 0, pictureCame: 0 };
  (globalThis as unknown as WatchWindow).__bench = watch;
  const wall = (): number => performance.timeOrigin + performance.now();
  globalThis.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }) => {
        if (!(data instanceof ArrayBuffer)) return;
        watch.messages++;
        watch.bytes += data.byteLength;
        if (watch.promptSent > 0 && watch.pictureCame === 0) watch.pictureCame = wall();
      });
    }

    override send(data: string): void {
      if (typeof data === 'string' && data.includes('"prompt.set"')) {
        watch.promptSent = wall();
        watch.pictureCame = 0;
      }
      super.send(data);
    }
  };
};

export interface PlayingFigures {
  framesPerSecond: number;
  drawsPerSecond: number;
  bytesPerFrame: number;
}

/** Plays for some seconds, from the start again at the end. */
export const measurePlaying = async (page: Page, seconds = 4): Promise<PlayingFigures> => {
  await page.keyboard.press('Home');
  await page.waitForFunction(() => (globalThis as unknown as HookWindow).__sam2Test.shownFrame() === 0);
  await page.keyboard.press('Space');
  const figures = await page.evaluate(
    (length) =>
      new Promise<PlayingFigures>((done) => {
        const { __sam2Test: hook, __bench: socket } = globalThis as unknown as HookWindow & WatchWindow;
        const before = { ...socket };
        const start = performance.now();
        let shown = hook.shownFrame();
        let pictures = 0;
        let draws = 0;
        const look = (): void => {
          draws++;
          if (hook.shownFrame() !== shown) {
            shown = hook.shownFrame();
            pictures++;
          }
          const elapsed = (performance.now() - start) / 1000;
          if (elapsed < length) requestAnimationFrame(look);
          else
            done({
              framesPerSecond: pictures / elapsed,
              drawsPerSecond: draws / elapsed,
              bytesPerFrame: (socket.bytes - before.bytes) / Math.max(1, socket.messages - before.messages),
            });
        };
        requestAnimationFrame(look);
      }),
    seconds,
  );
  await page.keyboard.press('k');
  return figures;
};
