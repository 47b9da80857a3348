/**
 * Prompts of many clips in one table (CSV with a heading): clip, object, frame, prompt, value.
 *   a.mp4,Car,0,point,"410,260"
 *   a.mp4,Car,0,negative,"500,300"
 *   b.mp4,Dog,12,box,"100,80,200,240"
 *   b.mp4,Cat,0,mask,cat.png
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { type JobObject, type JobPrompt, jobObjectSchema } from '../../../shared/job.ts';

export interface PromptTable {
  /** All objects of all clips. */
  objects: readonly JobObject[];
  /** @throws AppError `prompt-invalid` for a clip that has no row */
  objectsOf(clip: string): readonly JobObject[];
}

const columns = ['clip', 'object', 'frame', 'prompt', 'value'] as const;

const numbersIn = (text: string): number[] => text.split(/[,;\s]+/).map((part) => (part === '' ? Number.NaN : Number(part)));

const rowSchema = z.object({
  clip: z.string().min(1),
  object: z.string(),
  frame: z.string().regex(/^\d+$/, 'is not a frame number (the first frame is 0)').transform(Number),
  prompt: z.enum(['point', 'negative', 'box', 'mask']),
  value: z.string().min(1),
});
type Row = z.infer<typeof rowSchema>;

const refuse = (path: string, line: number, why: string): never => {
  throw new AppError('prompt-invalid', `Line ${line} of ${path}: ${why}. The columns are ${columns.join(', ')}.`);
};

/** The value of a key, made when it is not there yet. */
const valueAt = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
};

/** What a row says about its object. */
const promptOf = (row: Row, path: string, line: number): Partial<JobPrompt> => {
  const { prompt, value } = row;
  if (prompt === 'mask') return { mask: resolve(dirname(path), value) };
  const numbers = numbersIn(value);
  const wanted = prompt === 'box' ? 4 : 2;
  if (numbers.length !== wanted || numbers.some((n) => !Number.isFinite(n)))
    return refuse(path, line, `"${value}" is not a ${prompt}; it needs ${wanted} numbers`);
  const [x, y, width, height] = numbers as [number, number, number, number];
  return prompt === 'box' ? { box: { x, y, width, height } } : { points: [{ x, y, label: prompt === 'point' ? 1 : 0 }] };
};

/** @throws AppError `source-missing`, `prompt-invalid` with the line */
export const readPromptTable = async (path: string): Promise<PromptTable> => {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('source-missing', `The table ${path} can't be read (${cause.code}). Check the path.`, { cause });
  });
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true }) as Record<string, string>[];
  } catch (cause) {
    throw new AppError('prompt-invalid', `The table ${path} is not CSV: ${(cause as Error).message}.`, { cause });
  }
  const clips = new Map<string, Map<string, Map<number, JobPrompt>>>();
  for (const [i, raw] of rows.entries()) {
    const parsed = rowSchema.safeParse(raw);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return refuse(path, i + 2, `${String(issue?.path[0] ?? 'the row')} ${issue?.message}`);
    }
    const row = parsed.data;
    const objects = valueAt(clips, row.clip, () => new Map<string, Map<number, JobPrompt>>());
    const frames = valueAt(objects, row.object, () => new Map<number, JobPrompt>());
    const prompt = valueAt(frames, row.frame, (): JobPrompt => ({ frame: row.frame, points: [], box: null, mask: null }));
    const { points = [], ...rest } = promptOf(row, path, i + 2);
    if (rest.box && prompt.box) return refuse(path, i + 2, `frame ${row.frame} has a second box for one object`);
    Object.assign(prompt, rest, { points: [...prompt.points, ...points] });
  }
  const byClip = new Map<string, JobObject[]>();
  for (const [clip, objects] of clips) {
    const made = [...objects].map(([name, frames]) =>
      jobObjectSchema.safeParse({ name: name === '' ? null : name, prompts: [...frames.values()].sort((a, b) => a.frame - b.frame) }),
    );
    const bad = made.find(({ success }) => !success);
    if (bad)
      throw new AppError(
        'prompt-invalid',
        `${path}: an object of ${clip} ${bad.error?.issues[0]?.message}. Use one or the other on a frame.`,
      );
    byClip.set(
      clip,
      made.flatMap(({ data }) => data ?? []),
    );
  }
  return {
    objects: [...byClip.values()].flat(),
    objectsOf: (clip) => {
      const found =
        byClip.get(clip) ?? byClip.get(basename(clip)) ?? [...byClip].find(([key]) => resolve(dirname(path), key) === clip)?.[1];
      if (found) return found;
      throw new AppError('prompt-invalid', `${path} has no row for ${basename(clip)}. Add its prompts to the table.`);
    },
  };
};
