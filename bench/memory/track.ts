/** Memory while two objects are tracked through a long clip. */
import type { Services } from '../../src/main/services/app/services.ts';
import type { SessionService } from '../../src/main/services/session/session-service.ts';
import { loopedClip } from './bench-clips.ts';
import { ResidentWatch } from './resident.ts';

/** A point on each of two objects, as shares of the picture. */
export const promptTwo = async (session: SessionService): Promise<void> => {
  const { width, height } = session.media;
  for (const [x, y] of [
    [0.45, 0.53],
    [0.2, 0.4],
  ] as const)
    await session.edits.setPoints(session.edits.addObject(), 0, [{ x: x * width, y: y * height, label: 1 }], null);
};

export const watchTracking = async (services: Services, folder: string, frames: number): Promise<boolean> => {
  const session = await services.sessions.open(await loopedClip(folder, frames, { width: 320, height: 240 }));
  await promptTwo(session);
  const watch = new ResidentWatch(services.engine.pid!, {
    title: `Tracking, ${session.model.name}, ${frames} frames of 320 x 240, two objects`,
    ...{ unit: 'frames', every: 20, shownEvery: Math.max(200, frames / 10), settled: 400 },
  });
  await session.track('memory', { direction: 'forward', display: null }, ({ done }) => watch.at(done));
  const isFlat = watch.verdict();
  await services.sessions.close(session.id);
  return isFlat;
};
