/** Where a command writes: checked before any work, so that hours of tracking don't end at a name that is taken. */
import { basename, dirname, resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type TableFormat, tableFormats } from '../../shared/export-choice.ts';
import { type Redaction, redactionSchema, redactionStyles } from '../../shared/redaction.ts';
import { checkOutputs, filesIn } from '../common/check-outputs.ts';
import { ensureFolder } from '../common/files.ts';
import { exportOutputs, freshFolder } from '../services/exports/export-service.ts';
import type { CliObject } from './prompt-options.ts';

/** What a command exports. */
export interface CliOutput {
  directory: string;
  video: boolean;
  masks: boolean;
  contactSheet: boolean;
  coco?: boolean;
  csv?: boolean;
  formats?: readonly TableFormat[];
  /** Objects are hidden in the video. */
  redaction?: Redaction;
  /** Files of an earlier run may be replaced. */
  overwrite: boolean;
  /** Files and folders that the command reads. */
  inputs: readonly string[];
}

/** Tables that `--export` takes. */
export const exportNames = ['coco', 'csv', ...tableFormats] as const;

const isFormat = (name: string): name is TableFormat => (tableFormats as readonly string[]).includes(name);

/** What `--export` asks for, e.g. "yolo-seg,mot". @throws AppError `bad-request` */
export const exportedTables = (text: string | undefined): Pick<CliOutput, 'coco' | 'csv' | 'formats'> => {
  const names = (text ?? '').split(',').flatMap((name) => name.trim().toLowerCase() || []);
  const unknown = names.find((name) => !(exportNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new AppError('bad-request', `There is no export "${unknown}". Known: ${exportNames.join(', ')}.`);
  return { coco: names.includes('coco'), csv: names.includes('csv'), formats: names.filter(isFormat) };
};

/** How objects are hidden, as it is typed. */
export interface HideOptions {
  hide?: string | undefined;
  margin?: string | undefined;
  carry?: string | undefined;
  others?: boolean | undefined;
  mute?: boolean | undefined;
}

const wholeNumber = (text: string | undefined): number | undefined => (text === undefined || text === '' ? undefined : Number(text));

/** @returns nothing without `--hide` @throws AppError `bad-request` */
export const redactionOf = (options: HideOptions): Partial<Pick<CliOutput, 'redaction' | 'masks'>> => {
  const { hide, margin, carry, others, mute } = options;
  if (hide === undefined) {
    if (margin === undefined && carry === undefined && !others && !mute) return {};
    throw new AppError('bad-request', `--margin, --carry, --others and --mute need --hide with ${redactionStyles.join(', ')}.`);
  }
  const parsed = redactionSchema.safeParse({
    style: hide,
    margin: wholeNumber(margin),
    carry: wholeNumber(carry),
    hides: others ? 'everything-else' : 'objects',
    keepsSound: !mute,
  });
  // Mask pictures of what is hidden would be made of masks that are grown and carried over.
  if (parsed.success) return { redaction: parsed.data, masks: false };
  const problems = parsed.error.issues.map(({ path, message }) => `--${path[0] === 'style' ? 'hide' : String(path[0])}: ${message}`);
  throw new AppError('bad-request', `${problems.join('; ')}. Known to --hide: ${redactionStyles.join(', ')}.`);
};

/** Everything that a command line names to be read; what is no path among it does no harm. */
const inputsOf = (
  clip: string | null,
  objects: readonly CliObject[],
  { model, ffmpeg }: { model?: string | undefined; ffmpeg?: string | undefined },
): string[] => [
  ...(clip === null ? [] : [clip]),
  ...objects.flatMap(({ prompts }) => prompts.flatMap(({ maskFile }) => maskFile ?? [])),
  ...[model, ffmpeg].flatMap((path) => path ?? []),
];

/** What the commands that read a clip or a stream are told of their outputs. @param clip null for a stream */
export const outputOf = (
  options: { out: string; video: boolean; masks: boolean; overwrite: boolean; model?: string | undefined; ffmpeg?: string | undefined },
  clip: string | null,
  objects: readonly CliObject[],
): CliOutput => ({
  directory: resolve(options.out),
  video: options.video,
  masks: options.masks,
  contactSheet: false,
  overwrite: options.overwrite,
  inputs: inputsOf(clip, objects, options),
});

const check = ({ directory, inputs, overwrite, ...wanted }: CliOutput, more: readonly string[]): Promise<void> =>
  checkOutputs({ inputs, outputs: [...exportOutputs(directory, { ...wanted, json: true }), ...filesIn(directory, more)], overwrite });

/** Makes the folder. @param more names of other files that go there @throws AppError as `checkOutputs` */
export const requireOutputs = async (output: CliOutput, more: readonly string[] = []): Promise<void> => {
  await check(output, more);
  await ensureFolder(output.directory);
};

/**
 * The folder to write to now that the work is done. Where somebody else has written to it meanwhile, it is another one
 * beside it, and the user is told: the work is not lost over a name.
 */
export const stillFree = async (output: CliOutput, more: readonly string[] = []): Promise<string> => {
  try {
    await check(output, more);
    return output.directory;
  } catch (error) {
    const { code, message } = AppError.from(error);
    if (code !== 'output-exists' && code !== 'output-unwritable') throw error;
    const other = freshFolder(dirname(output.directory), basename(output.directory));
    process.stderr.write(`warning: ${message} The files are written to ${other} instead.\n`);
    await ensureFolder(other);
    return other;
  }
};
