/** `sam2-video demo`: the whole job on the bundled clip, without a screen. */
import { resolve } from 'node:path';
import { ensureFolder } from '../engine/export/export-results.ts';
import { appPaths } from '../services/app-paths.ts';
import { promptSample } from '../services/sample.ts';
import { type EngineOptions, makeServices } from './headless.ts';
import { trackAndExport } from './track-command.ts';

export const runDemoCommand = async (options: EngineOptions & { out: string }): Promise<number> => {
  const directory = resolve(options.out);
  await ensureFolder(directory);
  const services = await makeServices(options, { firstClip: appPaths().sampleClip });
  try {
    services.requireEngine();
    await promptSample(await services.openSession(appPaths().sampleClip));
    return await trackAndExport(services, 'both', { directory, video: true, masks: false, contactSheet: true });
  } finally {
    await services.close();
  }
};
