/** `sam2-video export`: the files of a project, without tracking anything. */
import { resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type EngineOptions, makeServices } from './headless.ts';
import { type CliOutput, exportedTables, type HideOptions, redactionOf, requireOutputs } from './output-options.ts';
import { exitCodes, ProgressView, printOutputs, showUntilEnded, withInterrupt } from './terminal.ts';

export interface ExportOptions extends Pick<EngineOptions, 'ffmpeg'>, HideOptions {
  formats?: string | undefined;
  video: boolean;
  masks: boolean;
  json: boolean;
  out: string;
  overwrite: boolean;
}

export const runExportCommand = async (project: string, options: ExportOptions): Promise<number> => {
  const { masks, json, overwrite } = options;
  const hidden = redactionOf(options);
  const video = options.video || hidden.redaction !== undefined;
  const tables = exportedTables(options.formats);
  if (masks && hidden.redaction) throw new AppError('bad-request', 'Export the masks by themselves, without --hide.');
  if (!video && !masks && !json && !tables.coco && !tables.csv && tables.formats?.length === 0)
    throw new AppError('bad-request', 'Say what to write: --formats, --video, --hide, --masks or --json.');
  const directory = resolve(options.out);
  const output: CliOutput = { directory, video, masks, contactSheet: false, ...tables, ...hidden, overwrite, inputs: [project] };
  await requireOutputs(output);
  const services = await makeServices(options);
  const progress = new ProgressView();
  let isInterrupted = false;
  try {
    services.engine.require();
    const session = await services.sessions.openProject(resolve(project));
    const id = services.exports.start(session, { ...output, json });
    const interrupt = (): void => {
      isInterrupted = true;
      services.operations.cancel(id);
    };
    const ended = await withInterrupt(interrupt, () => showUntilEnded(services.operations, id, progress));
    progress.end();
    if (ended.error) throw AppError.deserialize(ended.error);
    printOutputs(ended);
    return isInterrupted ? exitCodes.interrupted : exitCodes.done;
  } finally {
    progress.end();
    await services.close();
  }
};
