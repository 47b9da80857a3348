/**
 * `npm run bench:memory [-- --only track,export,import,live,repeat --frames 15000 --model BUNDLE]`: resident memory of
 * the engine and of its host while a clip is tracked, exported and imported, while a stream comes, and from clip to
 * clip. Fails where either grows by more than 3 %. By default the small SAM 2.1 of ../shared/fixtures tracks where it
 * is there, else nano.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readManifest } from '../src/main/engine/model/bundle/bundle.ts';
import { bindCheckpoint } from '../src/main/engine/model/checkpoint/bind.ts';
import { startServices } from './bench-services.ts';
import { watchExport } from './memory/export.ts';
import { watchImport } from './memory/import.ts';
import { watchLive } from './memory/live.ts';
import { watchRepeats } from './memory/repeat.ts';
import { watchTracking } from './memory/track.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'track,export,import,live,repeat' },
    frames: { type: 'string' },
    model: { type: 'string' },
  },
});
const only = values.only.split(',');
const framesOr = (usual: number): number => Number(values.frames ?? usual);
const folder = await mkdtemp(join(tmpdir(), 'sam2-video-memory-'));
// The ring of a live source is to be full soon.
process.env.SAM2_VIDEO_LIVE_BUFFER_MB ??= '32';

const smallModel = async (): Promise<string> => {
  const checkpoint = resolve(import.meta.dirname, '../../shared/fixtures/sam21-small256/sam2_small256.pt');
  if (!existsSync(checkpoint)) return 'nano';
  const bundleDir = resolve(import.meta.dirname, '../tests/fixtures/sam21-small256');
  const outDir = join(folder, 'small');
  await bindCheckpoint({ bundleDir, manifest: await readManifest(bundleDir), checkpointPath: checkpoint, outDir, ownCopy: true });
  return outDir;
};

const model = values.model ?? (await smallModel());
/** Each in an app of its own: what one leaves behind is not counted against the next. */
const watches = {
  track: (services) => watchTracking(services, folder, framesOr(5_000)),
  export: async (services) => {
    const isFlat = await watchExport(services, folder, framesOr(15_000), { width: 320, height: 240 });
    return (await watchExport(services, folder, Math.min(1_500, framesOr(1_500)), { width: 1280, height: 720 })) && isFlat;
  },
  import: (services) => watchImport(services, folder, framesOr(15_000)),
  live: (services) => watchLive(services, folder, framesOr(15_000)),
  repeat: (services) => watchRepeats(services, folder, Math.ceil(framesOr(2_400) / 40)),
} satisfies Record<string, (services: Awaited<ReturnType<typeof startServices>>) => Promise<boolean>>;

try {
  for (const [name, watch] of Object.entries(watches)) {
    if (!only.includes(name)) continue;
    const services = await startServices({ model });
    try {
      if (!(await watch(services))) process.exitCode = 1;
    } finally {
      await services.close();
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
