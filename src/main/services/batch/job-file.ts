/** Reads a job's file, and the places it names. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { type Job, type JobInput, type JobObject, jobSchema, jobVersion } from '../../../shared/job.ts';
import { readProjectFile, workName } from '../project/project.ts';
import { readWorkLog } from '../project/work-log.ts';
import { type PromptTable, readPromptTable } from './prompt-table.ts';

/** A job that `sam2-video job init` prints. */
export const exampleJob: JobInput = {
  version: jobVersion,
  source: {
    from: 'prompts',
    objects: [{ name: 'Car', prompts: [{ frame: 0, points: [{ x: 640, y: 360, label: 1 }] }] }],
  },
  direction: 'forward',
  model: null,
  memory: null,
  exports: { video: true, masks: true, json: true, contactSheet: true, coco: false, csv: true },
};

/** A job with its files read. */
export interface LoadedJob {
  job: Job;
  /** Files and folders that the job reads: none of them is written to. */
  inputs: readonly string[];
  /** What differs gives other results: sha256 of the job and of all that it names. */
  hash: string;
  /**
   * The objects of a clip; null when they are to be found.
   * @throws AppError `prompt-invalid` for a clip the table does not have
   */
  objectsOf(clip: string): readonly JobObject[] | null;
}

/** Masks by the path that a prompt gives are meant from the job's folder. */
const withPlaces = (objects: readonly JobObject[], folder: string): JobObject[] =>
  objects.map((object) => ({
    ...object,
    prompts: object.prompts.map((prompt) => (typeof prompt.mask === 'string' ? { ...prompt, mask: resolve(folder, prompt.mask) } : prompt)),
  }));

const projectObjects = (folder: string): JobObject[] => {
  readProjectFile(folder);
  const { work } = readWorkLog(readFileSync(join(folder, workName)));
  const objects = work.objects.flatMap(({ name, prompts }): JobObject[] => {
    const kept = prompts.map(({ frame, points, box, mask }) => ({ frame, points, box, mask }));
    return kept.length > 0 ? [{ name, prompts: kept }] : [];
  });
  if (objects.length === 0)
    throw new AppError('prompt-invalid', `The project ${folder} has no object with a prompt. Open it, click an object and try again.`);
  return objects;
};

/** Paths of the masks of some objects. */
const maskFilesOf = (objects: readonly JobObject[]): string[] =>
  objects.flatMap(({ prompts }) => prompts.flatMap(({ mask }) => (typeof mask === 'string' ? [mask] : [])));

const parse = (text: string, path: string): Job => {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new AppError('bad-request', `The job ${path} is not JSON (${(cause as Error).message}). "sam2-video job init" prints one.`, {
      cause,
    });
  }
  const parsed = jobSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'the job'}: ${message}`);
  throw new AppError('bad-request', `The job ${path} can't be used. ${problems.join('; ')}. "sam2-video job init" prints one.`);
};

/** @throws AppError `source-missing`, `bad-request` with all problems of the file, `prompt-invalid` */
export const loadJob = async (path: string): Promise<LoadedJob> => {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('source-missing', `The job ${path} can't be read (${cause.code}). Check the path.`, { cause });
  });
  const job = parse(text, path);
  const folder = dirname(resolve(path));
  const { source } = job;
  let objects: readonly JobObject[] | null = null;
  let table: PromptTable | null = null;
  const inputs = [resolve(path)];
  if (source.from === 'prompts') objects = withPlaces(source.objects, folder);
  if (source.from === 'project') {
    const project = resolve(folder, source.path);
    inputs.push(project);
    objects = projectObjects(project);
  }
  if (source.from === 'csv') {
    const file = resolve(folder, source.path);
    inputs.push(file);
    table = await readPromptTable(file);
  }
  const masks = maskFilesOf([...(objects ?? []), ...(table?.objects ?? [])]);
  const hash = createHash('sha256').update(JSON.stringify({ ...job, source: table ? null : (objects ?? source) }));
  for (const mask of masks) {
    inputs.push(mask);
    const bytes = await readFile(mask).catch((cause: NodeJS.ErrnoException) => {
      throw new AppError('prompt-invalid', `The mask ${mask} can't be read (${cause.code}). Check the path.`, { cause });
    });
    hash.update(bytes);
  }
  return {
    job,
    inputs,
    hash: hash.digest('hex'),
    objectsOf: (clip) => (table ? table.objectsOf(clip) : objects),
  };
};
