/** What is remembered of the user's choice of model and proxy, in one small file. A damaged one counts as none. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { modelSpeedSchema } from '../../../shared/models.ts';
import { writeJson } from '../../common/atomic-file.ts';

const modelSettingsSchema = z.object({
  /** "<id>@<image size>" of the model that was chosen last. */
  model: z.string().nullable().catch(null),
  proxy: z.string().nullable().catch(null),
  speeds: z.array(modelSpeedSchema).catch([]),
});
export type ModelSettings = z.infer<typeof modelSettingsSchema>;

const none: ModelSettings = { model: null, proxy: null, speeds: [] };

export const readModelSettings = async (path: string): Promise<ModelSettings> => {
  try {
    return modelSettingsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return none;
  }
};

/** Changes some of the settings and leaves the others as they are on the disk. */
export const changeModelSettings = async (path: string, change: Partial<ModelSettings>): Promise<void> => {
  const settings = { ...(await readModelSettings(path)), ...change };
  await writeJson(path, settings);
};
