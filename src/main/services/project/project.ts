/**
 * One project: a folder with project.json, the log of edits and the masks. It is portable: copied with its clip inside,
 * it opens anywhere. Only one program at a time has it open.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { type ProjectFile, type ProjectState, projectFileSchema, projectVersion } from '../../../shared/project.ts';
import { writeAtomicallySync } from '../../common/atomic-file.ts';
import { ProcessLock } from '../../common/process-lock.ts';
import { MaskStore } from '../results/mask-store.ts';
import type { KeptWork, WorkHistory, WorkStep } from '../session/kept-work.ts';
import type { SessionWork } from '../session/session-deps.ts';
import { AppendFile, type WriteSync } from './append-file.ts';
import { copyProject } from './copy-project.ts';
import { fingerprintOf, isSameFile } from './fingerprint.ts';
import { boundHistory, moveRows, neededMasks } from './kept-history.ts';
import { compactMasks, MaskFiles, maskPaths, usedBytes } from './mask-files.ts';
import { MemoryLog } from './memory-log.ts';
import { encodeChange, encodeWork, readWorkLog } from './work-log.ts';
import { WriteFailures } from './write-failures.ts';

const fileName = 'project.json';
export const workName = 'work.log';
const lockName = 'in-use';
/** Logs are rewritten on opening when this much and more than half of them is of no use. */
const wasteBytes = 32 * 2 ** 20;
const workWasteBytes = 2 ** 20;

export const projectFilePath = (folder: string): string => join(folder, fileName);
export const isProjectFolder = (path: string): boolean => existsSync(projectFilePath(path));

/** A place in a folder, null for one that leads out of it: the file may be somebody else's. */
const insideOf = (folder: string, path: string): string | null => {
  const place = resolve(folder, path);
  return place.startsWith(folder + sep) ? place : null;
};

/** A folder, a pipe or a device is no clip, and opening one may never end. */
const isFile = (path: string): boolean => {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** By version: what makes the next one of it. */
const migrations: Record<number, (file: Record<string, unknown>) => Record<string, unknown>> = {};

/** @throws AppError `source-missing`, `bad-request` for a folder that is no project or one of a newer app */
export const readProjectFile = (folder: string): ProjectFile => {
  let raw: Record<string, unknown>;
  try {
    raw = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(join(folder, fileName), 'utf8')));
  } catch (cause) {
    throw new AppError('source-missing', `${folder} holds no readable project. Choose a folder with a project.json.`, { cause });
  }
  if (typeof raw.version === 'number' && raw.version > projectVersion)
    throw new AppError('bad-request', `${folder} was made by a newer version of the app. Update the app to open it.`);
  for (let step = migrations[Number(raw.version)]; step; step = migrations[Number(raw.version)]) raw = step(raw);
  const file = projectFileSchema.safeParse(raw);
  if (!file.success)
    throw new AppError(
      'bad-request',
      `${join(folder, fileName)} is damaged (${file.error.issues[0]?.path.join('.')}). Restore it from a copy.`,
    );
  return file.data;
};

/** @throws AppError `busy` when another program has the project open */
const lock = (folder: string): ProcessLock => {
  const taken = ProcessLock.take(join(folder, lockName), { isReentrant: true });
  if (taken instanceof ProcessLock) return taken;
  throw new AppError('busy', `${basename(folder)} is open in another window of the app (process ${taken.pid}). Close it there first.`);
};

export class Project implements SessionWork {
  readonly folder: string;
  readonly store: MaskStore;
  readonly kept: KeptWork;
  readonly history: WorkHistory;
  readonly trees: MemoryLog;
  readonly #lock: ProcessLock;
  #file: ProjectFile;
  readonly #masks: MaskFiles;
  readonly #work: AppendFile;
  readonly #failures: WriteFailures;
  #saved: KeptWork;

  private constructor(folder: string, file: ProjectFile, lock: ProcessLock, onChange: (error: AppError | null) => void, write?: WriteSync) {
    this.folder = folder;
    this.#lock = lock;
    this.#file = file;
    this.#failures = new WriteFailures(onChange);
    const workPath = join(folder, workName);
    const log = existsSync(workPath) ? readFileSync(workPath) : Buffer.alloc(0);
    const masks = new MaskFiles(folder, file.generation, this.#failures, write);
    const { work, history, bytes } = readWorkLog(log, (row, generation) => generation === file.generation && masks.holds(row));
    boundHistory(history, work, masks.rowIndex);
    this.kept = work;
    this.history = history;
    this.#saved = work;
    const compacted = this.#compacted(masks);
    const generation = file.generation + (compacted ? 1 : 0);
    const whole = encodeWork(work, history, generation);
    const isRewritten = compacted !== null || bytes > whole.length + workWasteBytes;
    // Before project.json names the new mask files: killed between the two, the project opens with the old ones and no
    // history.
    if (isRewritten) writeAtomicallySync(workPath, whole.toString());
    if (compacted) {
      this.#change({ ...file, generation });
      masks.close();
      for (const path of Object.values(maskPaths(folder, file.generation))) rmSync(path, { force: true });
    }
    this.#work = new AppendFile(workPath, this.#failures, { write });
    if (!isRewritten && bytes < log.length) this.#work.truncate(bytes);
    this.#masks = compacted ?? masks;
    this.store = new MaskStore(this.#masks, this.#masks.rowIndex);
    this.trees = new MemoryLog(folder, this.#failures, write);
  }

  /** A new project for a clip, in a folder of its own under `parent`. */
  static async create(
    parent: string,
    clip: string,
    media: { frameCount: number; width: number; height: number; streams?: readonly unknown[]; stream?: number },
    app: string,
    onChange: (error: AppError | null) => void,
    write?: WriteSync,
  ): Promise<Project> {
    const name = basename(clip).replace(/\.[^.]+$/, '') || 'clip';
    const folder = join(parent, `${name.replaceAll(/[^\w .-]/g, '_').slice(0, 60)}-${randomUUID().slice(0, 8)}`);
    const { frameCount, width, height } = media;
    const file: ProjectFile = {
      version: projectVersion,
      app,
      name,
      createdAt: new Date().toISOString(),
      source: {
        ...{ path: resolve(clip), inside: null, fingerprint: await fingerprintOf(clip), frameCount, width, height },
        ...(media.streams && media.streams.length > 1 && { stream: media.stream }),
      },
      generation: 0,
    };
    mkdirSync(folder, { recursive: true });
    const held = lock(folder);
    writeAtomicallySync(join(folder, fileName), `${JSON.stringify(file, null, 1)}\n`);
    return new Project(folder, file, held, onChange, write);
  }

  /** @throws AppError `busy` and what {@link readProjectFile} throws */
  static open(folder: string, onChange: (error: AppError | null) => void, write?: WriteSync): Project {
    const file = readProjectFile(folder);
    return new Project(resolve(folder), file, lock(folder), onChange, write);
  }

  get file(): ProjectFile {
    return this.#file;
  }

  get view(): ProjectState {
    return { path: this.folder, name: this.#file.name, error: this.#failures.error?.serialize() ?? null };
  }

  /** Bytes of the log of edits. */
  get workBytes(): number {
    return this.#work.size;
  }

  save(kept: KeptWork, step: WorkStep | null = null): void {
    const line = encodeChange(this.#saved, kept, step, this.#file.generation);
    this.#saved = kept;
    if (line) this.#work.append(line);
  }

  /**
   * Where the clip is now: inside the project, where it was, or under its name beside the project.
   * @throws AppError `source-missing` with `details.project`, to be followed by a relink
   */
  async findClip(): Promise<string> {
    const { path, inside, fingerprint } = this.#file.source;
    const places = [
      inside && insideOf(this.folder, inside),
      path,
      join(dirname(this.folder), basename(path)),
      join(this.folder, basename(path)),
    ];
    for (const place of places) {
      if (!place || !isFile(place)) continue;
      if (isSameFile(await fingerprintOf(place), fingerprint)) return place;
    }
    throw new AppError(
      'source-missing',
      `The clip of ${this.#file.name} is no longer at ${path}, or is a different file now. Show where it is to continue.`,
      { details: { project: this.folder, clip: path } },
    );
  }

  /** @throws AppError `source-changed` when the file is not the project's clip */
  async relink(path: string): Promise<void> {
    if (!isSameFile(await fingerprintOf(path), this.#file.source.fingerprint))
      throw new AppError(
        'source-changed',
        `${path} is not the clip of ${this.#file.name}: its content differs. Choose the file that was moved.`,
      );
    this.#change({ ...this.#file, source: { ...this.#file.source, path: resolve(path), inside: null } });
  }

  /**
   * Copies the project, with its clip unless told otherwise, to a folder that opens anywhere.
   * @param onProgress bytes
   * @returns the folder
   */
  exportTo(
    parent: string,
    clip: string | null,
    signal: AbortSignal = new AbortController().signal,
    onProgress: (done: number, total: number) => void = () => {},
  ): Promise<string> {
    this.#work.flush();
    const source = { ...this.#file.source, inside: clip ? basename(clip) : this.#file.source.inside };
    const written = new Map([[fileName, `${JSON.stringify({ ...this.#file, source }, null, 1)}\n`]]);
    return copyProject({ folder: this.folder, parent, clip, written, leave: new Set([lockName]), signal, onProgress });
  }

  /** @param isKept even when nothing was ever made. @returns false when nothing was, and the folder is gone */
  close(isKept = false): boolean {
    this.#work.close();
    this.#masks.close();
    this.trees.close();
    if (!isKept && this.#saved.objects.length === 0 && this.#saved.nextId === 1) {
      rmSync(this.folder, { recursive: true, force: true });
      return false;
    }
    this.#lock.release();
    return true;
  }

  #change(file: ProjectFile): void {
    writeAtomicallySync(join(this.folder, fileName), `${JSON.stringify(file, null, 1)}\n`);
    this.#file = file;
  }

  /**
   * Masks that neither the work nor its history needs are left behind when they are most of the file.
   * @returns the next generation of the mask files, null when they are well as they are
   */
  #compacted(masks: MaskFiles): MaskFiles | null {
    const { maskKeys, rows } = neededMasks(this.kept, this.history);
    const used = usedBytes(masks.rowIndex, maskKeys) + rows.reduce((sum, { length }) => sum + length, 0);
    if (masks.size - used < Math.max(used, wasteBytes)) return null;
    const generation = this.#file.generation + 1;
    for (const path of Object.values(maskPaths(this.folder, generation))) rmSync(path, { force: true });
    const next = new MaskFiles(this.folder, generation, this.#failures);
    moveRows(this.history, compactMasks(masks, next, maskKeys, rows));
    return next;
  }
}
