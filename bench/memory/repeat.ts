/** Memory while clip after clip is opened, tracked, exported and closed, as a batch does. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Services } from '../../src/main/services/app/services.ts';
import { loopedClip } from './bench-clips.ts';
import { ResidentWatch } from './resident.ts';
import { promptTwo } from './track.ts';

export const watchRepeats = async (services: Services, folder: string, clips: number): Promise<boolean> => {
  const clip = await loopedClip(folder, 40, { width: 320, height: 240 });
  const watch = new ResidentWatch(services.engine.pid!, {
    title: `${clips} clips of 40 frames, one after the other`,
    ...{ unit: 'clips', every: 1, shownEvery: Math.max(1, clips / 10), settled: Math.min(10, clips / 3) },
  });
  for (let done = 1; done <= clips; done++) {
    const session = await services.sessions.open(clip);
    await promptTwo(session);
    const tracked = await services.operations.ended(services.runs.start(session, { direction: 'both' }, null));
    const directory = join(folder, 'repeat');
    const files = { video: true, masks: true, json: true, contactSheet: true };
    const exported = await services.operations.ended(services.exports.start(session, { directory, ...files }));
    for (const { state, error } of [tracked, exported])
      if (state !== 'done') throw new Error(`clip ${done} ended ${state}: ${error?.message}`);
    await services.sessions.close(session.id);
    await rm(directory, { recursive: true });
    watch.at(done);
  }
  return watch.verdict();
};
