/** `sam2-video demo`: the whole job on the bundled clip, without a screen. */
import { resolve } from 'node:path';
import { ensureFolder } from '../engine/export/export-results.ts';
import { appPaths } from '../services/app-paths.ts';
import { type EngineOptions, makeServices } from './headless.ts';
import { sampleObjects } from './sample.ts';
import { applyPrompts, trackAndExport } from './track-command.ts';

export const runDemoCommand = async (options: EngineOptions & { out: string }): Promise<number> => {
  const directory = resolve(options.out);
  await ensureFolder(directory);
  const services = await makeServices(options);
  try {
    services.requireEngine();
    await applyPrompts(await services.openSession(appPaths().sampleClip), sampleObjects);
    return await trackAndExport(services, 'both', { directory, video: true, masks: false, contactSheet: true });
  } finally {
    await services.close();
  }
};
