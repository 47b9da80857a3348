/** Memory while a folder of many pictures is made a clip. */
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import { ResidentWatch } from './resident.ts';

export const watchImport = async (services: Services, folder: string, frames: number): Promise<boolean> => {
  const pictures = join(folder, 'pictures');
  await mkdir(pictures);
  const made = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-frames:v', String(frames), '-q:v', '5', join(pictures, '%06d.jpg')];
  await promisify(execFile)(await findFfmpeg(), ['-loglevel', 'error', ...made]);
  const { peer } = services.engine;
  const watch = new ResidentWatch(services.engine.pid!, {
    title: `Import of a folder of ${frames} pictures`,
    ...{ unit: 'pictures', every: 20, shownEvery: Math.max(200, frames / 10), settled: 200 },
  });
  const off = peer.on('importProgress', ({ done }) => watch.at(done));
  const source = { kind: 'images' as const, folder: pictures, rate: { num: 25, den: 1 } };
  await peer.call('importMedia', { runId: 'memory', source, output: join(folder, 'pictures.mkv') });
  off?.();
  await rm(pictures, { recursive: true });
  return watch.verdict();
};
