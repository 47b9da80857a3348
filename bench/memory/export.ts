/** Memory while a long clip with masks of two objects is exported, as a video and as mask pictures. */
import { join } from 'node:path';
import type { Services } from '../../src/main/services/app/services.ts';
import type { SessionService } from '../../src/main/services/session/session-service.ts';
import { diskCounts } from '../disk-counts.ts';
import { type ClipSize, loopedClip } from './bench-clips.ts';
import { ResidentWatch } from './resident.ts';

/** Gives two objects a moving disk each on every frame. */
const putMasks = (session: SessionService): void => {
  const { width, height, frameCount } = session.media;
  const ids = [session.edits.addObject(), session.edits.addObject()];
  const counts = Array.from({ length: 20 }, (_, i) =>
    diskCounts(width, height, { x: width * (0.3 + i / 50), y: height / 2, radius: height / 4 }),
  );
  for (let frame = 0; frame < frameCount; frame++) {
    session.store.batch(() => {
      for (const objectId of ids) {
        const overlay = { objectId, width: 4, height: 4, scale: 1, predictedIou: 1, objectLogit: 1, logits: new Int8Array(16) };
        const mask = { counts: counts[(frame + objectId * 7) % counts.length]!, box: null, area: 1 };
        session.store.put(frame, { objectId, ...mask, predictedIou: 1, objectLogit: 1, prompted: false, overlay });
      }
    });
  }
};

export const watchExport = async (services: Services, folder: string, frames: number, size: ClipSize): Promise<boolean> => {
  const session = await services.sessions.open(await loopedClip(folder, frames, size));
  putMasks(session);
  const files = { video: true, masks: true, json: false, contactSheet: false };
  const begin = (name: string, to: number): string =>
    services.exports.start(session, { directory: join(folder, `${name}-${size.width}`), range: { from: 0, to }, ...files });
  // The heaps get the size that they work with: what follows is what grows with the frames.
  await services.operations.ended(begin('warm-up', Math.floor(frames / 5)));
  const watch = new ResidentWatch(services.engine.pid!, {
    title: `Export of video and masks, ${frames} frames of ${size.width} x ${size.height}`,
    ...{ unit: 'frames', every: 20, shownEvery: Math.max(200, frames / 10), settled: 200 },
  });
  const id = begin('export', frames - 1);
  const timer = setInterval(() => watch.at(services.operations.get(id)?.done ?? 0), 20);
  const ended = await services.operations.ended(id).finally(() => clearInterval(timer));
  if (ended.state !== 'done') throw new Error(`the export ended ${ended.state}: ${ended.error?.message}`);
  const isFlat = watch.verdict();
  await services.sessions.close(session.id);
  return isFlat;
};
