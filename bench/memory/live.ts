/**
 * Memory while a stream is recorded and an object on it followed; the stream comes at twice its speed. Frames are those
 * that were taken.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import { loopedClip } from './bench-clips.ts';
import { ResidentWatch } from './resident.ts';

const port = 18_554;

export const watchLive = async (services: Services, folder: string, frames: number): Promise<boolean> => {
  const clip = await loopedClip(folder, frames, { width: 320, height: 240 });
  const url = `http://127.0.0.1:${port}/live.ts`;
  const sender = spawn(
    await findFfmpeg(),
    ['-loglevel', 'error', '-readrate', '2', '-i', clip, '-c', 'copy', '-f', 'mpegts', '-listen', '1', url],
    { stdio: 'ignore' },
  );
  const { sessionId, operationId } = await services.live.start({ kind: 'network', url }, services);
  const session = services.sessions.get(sessionId);
  // The ring of the last pictures is full by then.
  const settled = Math.min(frames / 10, 500);
  const watch = new ResidentWatch(services.engine.pid!, {
    title: `Live, a stream of ${frames} frames of 320 x 240, one object`,
    ...{ unit: 'frames', every: 20, shownEvery: Math.max(200, frames / 10), settled },
  });
  const timer = setInterval(() => {
    const { frameCount } = session.media;
    watch.at(frameCount);
    if (frameCount > 10 && session.edits.list.length === 0) {
      const prompt = [{ x: 144, y: 127, label: 1 as const }];
      session.edits.setPoints(session.edits.addObject(), frameCount - 1, prompt, null).catch(() => {});
    }
  }, 50);
  await once(sender, 'exit').finally(() => clearInterval(timer));
  await services.live.stop(sessionId);
  await services.operations.ended(operationId);
  return watch.verdict();
};
