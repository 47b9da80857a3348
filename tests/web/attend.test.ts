/** A frame that the user rests on is made ready for a click, with a real engine. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeServices } from '../../src/main/cli/headless.ts';
import type { EngineEvents } from '../../src/main/engine/api/protocol.ts';
import { type Clips, makeClips } from '../../src/main/engine/media/testing/make-clips.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import { forkEngine } from '../../src/main/services/engine-link/fork-engine.ts';

let clips: Clips;
let services: Services;
const prompted: EngineEvents['prompted'][] = [];
/** Frames whose making ready the engine has answered. */
let attended = 0;

beforeAll(async () => {
  clips = await makeClips(['cfr']);
  services = await makeServices(
    {},
    {
      spawnEngine: () => {
        const engine = forkEngine();
        const asked = new Set<number>();
        return {
          ...engine,
          link: {
            post: (message, transfer) => {
              const { t, m, id } = message as { t: string; m?: string; id?: number };
              if (t === 'req' && m === 'prefetchFrame') asked.add(id!);
              return engine.link.post(message, transfer);
            },
            onMessage: (listener) =>
              engine.link.onMessage((message) => {
                const { t, id, n, d } = message as { t: string; id?: number; n?: string; d?: unknown };
                if (t === 'ev' && n === 'prompted') prompted.push(d as EngineEvents['prompted']);
                if (t === 'res' && asked.has(id!)) attended++;
                listener(message);
              }),
          },
        };
      },
    },
  );
});
afterAll(async () => {
  await services.close();
  await clips.remove();
});

const encoderMs = async (frame: number): Promise<number> => {
  await services.sessions.latest.edits.setPoints(1, frame, [{ x: 160, y: 120, label: 1 }], null);
  return prompted.at(-1)!.timings.imageEncoder;
};

it('its image is encoded before the click, and the mask is what it would have been', async () => {
  await services.sessions.open(clips.path('cfr'));
  services.sessions.latest.edits.addObject();
  expect(await encoderMs(5)).toBeGreaterThan(0);
  const mask = services.sessions.latest.store.get(1, 5)!;
  // Others until that frame is not held any more.
  for (const frame of [6, 7, 8]) await encoderMs(frame);
  await services.sessions.latest.edits.clearPrompts(1, 5);

  services.sessions.latest.prefetchFrame(5);
  await expect.poll(() => attended, { timeout: 60_000 }).toBe(1);
  expect(await encoderMs(5)).toBe(0);
  expect(services.sessions.latest.store.get(1, 5)!.counts).toBe(mask.counts);
});

it('of several frames that wait, the last one counts', async () => {
  for (const frame of [0, 1, 2]) await encoderMs(frame);
  const before = attended;
  for (const frame of [9, 10, 11, 12, 13]) services.sessions.latest.prefetchFrame(frame);
  await expect.poll(() => attended, { timeout: 60_000 }).toBe(before + 5);
  expect(await encoderMs(13)).toBe(0);
  expect(await encoderMs(10)).toBeGreaterThan(0);
});
