/** From a click to its mask on the screen, stage by stage. */
import type { Page } from 'playwright';
import type { EngineEvents } from '../../src/main/engine/api/protocol.ts';
import { median } from '../statistics.ts';
import type { HookWindow } from './open-window.ts';
import type { WatchWindow } from './playing.ts';

/** As the host saw a prompt, in ms of the wall clock; 0 = not yet. */
export interface EngineTimes {
  received: number;
  asked: number;
  answered: number;
  sent: number;
  engine: EngineEvents['prompted'] | null;
}

export const stageNames = [
  'window: pointer to message',
  'to the host',
  'host: check, to the engine',
  'engine: read the frame',
  'engine: image encoder',
  'engine: mask decoder',
  'engine: the rest, both ways',
  'host: keep, to the window',
  'to the window',
  'window: drawn',
  'together',
] as const;

export type ClickStages = Record<(typeof stageNames)[number], number>;

export const medianStages = (all: readonly ClickStages[]): ClickStages =>
  Object.fromEntries(stageNames.map((name) => [name, median(all.map((stages) => stages[name]))])) as ClickStages;

/** Clicks a source pixel and waits until the picture there has changed. */
export const measureClick = async (page: Page, image: { x: number; y: number }, times: EngineTimes): Promise<ClickStages> => {
  const at = await page.evaluate(({ x, y }) => (globalThis as unknown as HookWindow).__sam2Test.pageFromImage(x, y), image);
  await page.mouse.move(at.x, at.y);
  await page.evaluate(({ x, y }) => {
    const { __sam2Test: hook, __bench: socket } = globalThis as unknown as HookWindow &
      WatchWindow & { __clicked: number; __drawn: number };
    const world = globalThis as unknown as { __clicked: number; __drawn: number };
    world.__clicked = 0;
    world.__drawn = 0;
    Object.assign(socket, { promptSent: 0, pictureCame: 0 });
    const wall = (): number => performance.timeOrigin + performance.now();
    // Beside the point, which is drawn over the picture.
    const look = (): string => String(hook.readImagePixels([{ x: x + 14, y: y + 14 }])[0]);
    globalThis.addEventListener(
      'pointerup',
      () => {
        world.__clicked = wall();
      },
      { capture: true, once: true },
    );
    const poll = (): void => {
      // The renderer draws in the animation frame after the picture came; reading waits until that is done.
      if (socket.pictureCame > 0 && socket.promptSent > 0) {
        requestAnimationFrame(() => {
          look();
          world.__drawn = wall();
        });
      } else requestAnimationFrame(poll);
    };
    poll();
  }, image);
  await page.mouse.click(at.x, at.y);
  await page.waitForFunction(() => (globalThis as unknown as { __drawn: number }).__drawn > 0);
  const { clicked, drawn, sent, came } = await page.evaluate(() => {
    const world = globalThis as unknown as WatchWindow & { __clicked: number; __drawn: number };
    return { clicked: world.__clicked, drawn: world.__drawn, sent: world.__bench.promptSent, came: world.__bench.pictureCame };
  });
  // The event with the engine's own times follows its answer.
  while (!times.engine) await page.evaluate(() => undefined);
  const { decodeMs, timings } = times.engine;
  const inEngine = times.answered - times.asked;
  return {
    'window: pointer to message': sent - clicked,
    'to the host': times.received - sent,
    'host: check, to the engine': times.asked - times.received,
    'engine: read the frame': decodeMs,
    'engine: image encoder': timings.imageEncoder,
    'engine: mask decoder': timings.maskDecoder,
    'engine: the rest, both ways': inEngine - decodeMs - timings.imageEncoder - timings.maskDecoder,
    'host: keep, to the window': times.sent - times.answered,
    'to the window': came - times.sent,
    'window: drawn': drawn - came,
    together: drawn - clicked,
  };
};
