/** `sam2-video demo`: the whole job on the bundled clip, without a screen. */
import { resolve } from 'node:path';
import { promptSample } from '../services/app/sample.ts';
import { appPaths } from '../services/base/app-paths.ts';
import { freshFolder } from '../services/exports/export-service.ts';
import { type EngineOptions, makeServices } from './headless.ts';
import { requireOutputs } from './output-options.ts';
import { trackAndExport } from './track-and-export.ts';

export const runDemoCommand = async (options: EngineOptions & { out?: string; overwrite: boolean }): Promise<number> => {
  const directory = resolve(options.out ?? freshFolder('.', 'sam2-video-demo'));
  const output = {
    directory,
    video: true,
    masks: false,
    contactSheet: true,
    overwrite: options.overwrite,
    inputs: [appPaths().sampleClip],
  };
  await requireOutputs(output);
  const services = await makeServices(options, { firstClip: appPaths().sampleClip });
  try {
    services.engine.require();
    const session = await services.sessions.open(appPaths().sampleClip);
    await promptSample(session);
    return await trackAndExport(services, session, 'both', output);
  } finally {
    await services.close();
  }
};
