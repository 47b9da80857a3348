/**
 * The rule of all that writes: an output is never an input, and nothing that exists is replaced unless the user asks
 * for it. It is checked before any work, by the window's host and by the command line alike.
 */

import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { pluralForm } from '../../shared/language.ts';

export interface Output {
  path: string;
  /** A folder is replaced as a whole. */
  kind: 'file' | 'folder';
  /** What an export writes into the folder, by name; PNGs by default. A folder with anything else is not replaced. */
  holds?: RegExp;
}

export interface OutputPlan {
  /** Files and folders that the work reads. What does not exist, or is an address, is passed over. */
  inputs: readonly string[];
  outputs: readonly Output[];
  /** Whether what exists may be replaced. An input never is. */
  overwrite: boolean;
}

/** What a path leads to: the same for every name of it, through links, mounts and disks that ignore case. */
interface Place {
  /** Device and inode; null where the disk has none. */
  id: string | null;
  real: string;
  isFolder: boolean;
}

const placeOf = async (path: string): Promise<Place | null> => {
  try {
    const [real, info] = await Promise.all([realpath(path), stat(path, { bigint: true })]);
    return { id: info.ino === 0n ? null : `${info.dev}:${info.ino}`, real, isFolder: info.isDirectory() };
  } catch {
    return null;
  }
};

const keysOf = ({ id, real }: Place): string[] => (id === null ? [real] : [real, id]);

const isSamePlace = (a: Place, b: Place): boolean => keysOf(a).some((key) => keysOf(b).includes(key));

/** The place of a path and of every folder around it; those that do not exist are left out. */
const placesAround = async (path: string): Promise<Place[]> => {
  const places: Place[] = [];
  let at = resolve(path);
  for (;;) {
    const place = await placeOf(at);
    if (place) places.push(place);
    // A link leads elsewhere: what is around its target counts.
    const parent = dirname(place?.real ?? at);
    if (parent === at || parent === place?.real) return places;
    at = parent;
  }
};

/** A link that leads nowhere counts, as its name is taken; an empty folder does not. */
const isTaken = async ({ path, kind }: Output): Promise<boolean> => {
  const info = await lstat(path).catch(() => null);
  if (!info) return false;
  return kind === 'file' || !info.isDirectory() || (await readdir(path)).length > 0;
};

const refusal = (path: string, message: string): AppError => new AppError('output-unwritable', message, { details: { path } });

/** Whether `input` has the name of an unfinished file of `output`, which a run would take for its own and remove. */
const isUnfinished = async (input: string, output: string): Promise<boolean> => {
  if (
    !basename(input)
      .toLowerCase()
      .startsWith(`${basename(output).toLowerCase()}.partial`)
  )
    return false;
  const [folder, other] = [await placeOf(dirname(input)), await placeOf(dirname(output))];
  return folder !== null && other !== null && isSamePlace(folder, other);
};

/** Only what an export wrote is replaced with its folder. */
const refuseOthersWork = async ({ path, kind, holds = /\.png$/i }: Output): Promise<void> => {
  const place = await placeOf(path);
  if (!place) return;
  if (place.isFolder !== (kind === 'folder'))
    throw refusal(path, `${path} is a ${place.isFolder ? 'folder' : 'file'}, so it can't be replaced. Move it, or choose another folder.`);
  const other = kind === 'folder' ? (await readdir(path)).find((name) => !holds.test(name)) : undefined;
  if (other !== undefined)
    throw refusal(path, `${path} also holds ${other}, which no export wrote, so it is not replaced. Move it, or choose another folder.`);
};

/** What is read, by every name of its place: a batch has thousands of inputs and outputs, so each is looked at once. */
class InputPlaces {
  readonly #exact = new Set<string>();
  /** Folders that hold an input, with that input. */
  readonly #around = new Map<string, string>();
  /** Inputs that are called like an unfinished file. */
  readonly #unfinished: string[] = [];

  async add(input: string): Promise<void> {
    const place = await placeOf(input);
    if (!place) return;
    for (const key of keysOf(place)) this.#exact.add(key);
    for (const around of await placesAround(input)) for (const key of keysOf(around)) this.#around.set(key, input);
    if (basename(input).toLowerCase().includes('.partial')) this.#unfinished.push(resolve(input));
  }

  async refuse({ path, kind }: Output): Promise<void> {
    const written = await placeOf(path);
    const keys = written ? keysOf(written) : [];
    if (keys.some((key) => this.#exact.has(key))) throw refusal(path, `${path} would replace the file being read. Choose another folder.`);
    for (const input of this.#unfinished)
      if (await isUnfinished(input, resolve(path))) throw refusal(path, `${path} would replace ${input}. Choose another folder.`);
    const held = kind === 'folder' ? keys.flatMap((key) => this.#around.get(key) ?? [])[0] : undefined;
    if (held !== undefined)
      throw refusal(path, `${path} holds ${held}, which is being read, and would be replaced. Choose another folder.`);
  }
}

/** @throws AppError `output-unwritable` for an output that is an input or holds one */
export const refuseInputs = async ({ inputs, outputs }: Omit<OutputPlan, 'overwrite'>): Promise<void> => {
  const places = new InputPlaces();
  for (const input of inputs) await places.add(input);
  for (const output of outputs) await places.refuse(output);
};

/**
 * @throws AppError `output-unwritable` for an output that is an input, holds one, or can't be replaced; `output-exists`
 *   with `details.paths` when something exists and `overwrite` is not set
 */
export const checkOutputs = async ({ inputs, outputs, overwrite }: OutputPlan): Promise<void> => {
  await refuseInputs({ inputs, outputs });
  const taken: string[] = [];
  for (const output of outputs) if (await isTaken(output)) taken.push(output.path);
  if (taken.length === 0) return;
  if (!overwrite)
    throw new AppError(
      'output-exists',
      `${taken.join(', ')} ${pluralForm(taken.length, 'exists', 'exist')} already. Choose another folder, or ask for it to be replaced (--overwrite).`,
      { details: { paths: taken } },
    );
  for (const output of outputs) await refuseOthersWork(output);
};

/** Files of these names in one folder. */
export const filesIn = (folder: string, names: readonly string[]): Output[] =>
  names.map((name) => ({ path: join(folder, name), kind: 'file' }));

/** @throws AppError `output-unwritable` for a place inside the folder that is read */
export const refuseInside = async (path: string, folder: string): Promise<void> => {
  const read = await placeOf(folder);
  if (read && (await placesAround(path)).some((around) => isSamePlace(around, read)))
    throw refusal(path, `${path} lies inside ${folder}, which is being read. Choose another folder.`);
};
