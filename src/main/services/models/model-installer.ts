/**
 * Installs checkpoints: fetched from their official address, or imported from disk. A checkpoint gets its final name
 * only after it was found to be the right file; everything before that is a part file in the same folder.
 */
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { replaceFile, writeStaged } from '../../common/atomic-file.ts';
import { type InstalledRecord, installedFolder, isStagedFolder, readRecord, recordPath } from '../../engine/api/installed-model.ts';
import { type Clock, systemClock } from '../download/clock.ts';
import { type Disk, fileError, syncFolder, systemDisk } from '../download/disk.ts';
import { download } from '../download/download.ts';
import { checkpointAddress, proxyEnvironment } from '../download/download-address.ts';
import { dropPart, notePath } from '../download/part-note.ts';
import { type Checkpoints, localCheckpoints } from './checkpoints.ts';
import { copyCheckpoint } from './copy-checkpoint.ts';
import { lockFolder } from './install-lock.ts';
import type { InstallProgress, InstallRun } from './install-run.ts';
import { type CatalogModel, readCatalog, readModel } from './model-catalog.ts';
import { rehash } from './rehash.ts';

export interface ModelInstallerOptions {
  /** The models that come with the app. */
  modelsDir: string;
  /** Where checkpoints are installed (app-paths.ts). */
  installedDir: string;
  appVersion: string;
  checkpoints?: Checkpoints;
  clock?: Clock;
  disk?: Disk;
  env?: NodeJS.ProcessEnv;
}

export interface InstallOutcome {
  model: CatalogModel;
  record: InstalledRecord;
  /** It was there before, and nothing was done. */
  wasInstalled: boolean;
}

/** Larger than any checkpoint of SAM 2.1 by far. */
const mostCheckpointBytes = 4 * 2 ** 30;

/** Errors that are about the file itself: it is of no use and is deleted. */
const isVerdict = (error: unknown): boolean =>
  error instanceof AppError && ['model-tampered', 'model-mismatch', 'checkpoint-refused', 'checkpoint-unsupported'].includes(error.code);

export class ModelInstaller {
  readonly modelsDir: string;
  readonly installedDir: string;
  readonly #checkpoints: Checkpoints;
  readonly #clock: Clock;
  readonly #disk: Disk;
  readonly #env: NodeJS.ProcessEnv;
  readonly #userAgent: string;

  constructor(options: ModelInstallerOptions) {
    this.modelsDir = options.modelsDir;
    this.installedDir = options.installedDir;
    this.#checkpoints = options.checkpoints ?? localCheckpoints;
    this.#clock = options.clock ?? systemClock;
    this.#disk = options.disk ?? systemDisk;
    this.#env = options.env ?? process.env;
    this.#userAgent = `SAM2-Video/${options.appVersion}`;
  }

  /** @throws AppError `model-missing` */
  async model(id: string): Promise<CatalogModel> {
    const model = await readModel(this.modelsDir, id);
    if (model) return model;
    const known = (await readCatalog(this.modelsDir)).map((one) => one.id).join(', ');
    throw new AppError('model-missing', `There is no model "${id}". Known: ${known || 'none'}.`);
  }

  /** Where a model's checkpoint is, or would be. */
  checkpointPath(model: CatalogModel): string {
    return join(installedFolder(this.installedDir, model), needWeights(model).file);
  }

  /** Where a download gathers what has come so far. */
  partPath(model: CatalogModel): string {
    return join(installedFolder(this.installedDir, model), `.${needWeights(model).file}.part`);
  }

  /** null while the checkpoint is not installed. */
  async installed(model: CatalogModel): Promise<InstalledRecord | null> {
    const path = this.checkpointPath(model);
    return (await stat(path).catch(() => null)) ? readRecord(path) : null;
  }

  /**
   * Downloads and installs a checkpoint; goes on with a part that is there.
   * @param proxy the app's own setting, null = what the environment says
   */
  async download(id: string, run: InstallRun, proxy: string | null = null): Promise<InstallOutcome> {
    const model = await this.model(id);
    const weights = needWeights(model);
    const url = checkpointAddress(weights, this.#env);
    if (url === null) {
      throw new AppError('model-missing', `${model.name} has no official address to download from. Import ${weights.file} from disk.`);
    }
    return this.#locked(model, run, async (watched) => {
      const known = await this.installed(model);
      if (known) return { model, record: known, wasInstalled: true };
      const partPath = this.partPath(model);
      const bytes = await download(
        {
          url,
          partPath,
          bytes: weights.bytes,
          mostBytes: mostCheckpointBytes,
          hasSha256: weights.sha256 !== null,
          proxy: proxyEnvironment(proxy, this.#env),
          userAgent: this.#userAgent,
          signal: run.signal,
          onProgress: watched.onProgress,
        },
        { clock: this.#clock, disk: this.#disk },
      );
      const record = await this.#install(model, partPath, { source: url, bytes, requirePublished: true }, watched);
      return { model, record, wasInstalled: false };
    });
  }

  /** The model of the catalogue whose parameters a checkpoint holds. @throws AppError `model-mismatch` */
  async identify(path: string): Promise<string> {
    return this.#checkpoints.identify(resolve(path), await readCatalog(this.modelsDir));
  }

  /**
   * Installs a checkpoint file from disk, in place of one that is installed. Weights of one's own are allowed, if they
   * fit.
   * @param isLinked share the file by a hard link instead of copying it: a program that writes into it would change the
   *   model
   */
  async import(id: string, path: string, run: InstallRun, isLinked = false): Promise<InstallOutcome> {
    const model = await this.model(id);
    needWeights(model);
    const source = resolve(path);
    return this.#locked(model, run, async (watched) => {
      watched.onProgress({ phase: 'checking', done: 0, total: 0 });
      // Its table alone, before copying, so that a wrong file costs nothing; its data are checked where they will be
      // used.
      await this.#checkpoints.identify(source, [model]);
      const bytes = (await stat(source)).size;
      const staged = join(installedFolder(this.installedDir, model), `.${model.weights!.file}.import`);
      try {
        await copyCheckpoint(source, staged, { bytes, isLinked, disk: this.#disk, ...watched });
        const record = await this.#install(model, staged, { source, bytes, requirePublished: false }, watched);
        return { model, record, wasInstalled: false };
      } finally {
        await rm(staged, { force: true });
      }
    });
  }

  /**
   * Reads everything of a model again: sha256 of the checkpoint, its tensors, the graphs at every image size.
   * @returns what was found, in words
   * @throws AppError why the model can't be trusted
   */
  async verify(id: string, run: InstallRun): Promise<string> {
    const model = await this.model(id);
    const sizes = model.variants.map(({ imageSize }) => imageSize).join(' and ');
    if (model.weights === null) {
      run.onProgress({ phase: 'checking', done: 0, total: 0 });
      for (const { dir } of model.variants) await this.#checkpoints.verifyBundle(dir);
      return `${model.name} matches its manifest: every file has the right size and sha256 (${sizes} px).`;
    }
    return this.#locked(model, run, async (watched) => {
      const path = this.checkpointPath(model);
      const record = await this.installed(model);
      if (!record) throw new AppError('model-missing', `${model.name} is not installed, so there is nothing to verify. Get it first.`);
      const { sha256, bytes } = await rehash(path, watched);
      if (sha256 !== record.sha256) {
        throw new AppError(
          'model-tampered',
          `${path} has changed since it was installed: its sha256 was ${record.sha256} and is now ${sha256}. Remove ${model.name} and install it again.`,
          { details: { path, sha256, expected: record.sha256 } },
        );
      }
      watched.onProgress({ phase: 'checking', done: bytes, total: bytes });
      const { isPublished } = await this.#checkpoints.check(path, model, false, run.signal);
      for (const { imageSize } of model.variants) {
        await this.#checkpoints.verifyBundle(await this.#checkpoints.bundleFor(model, imageSize, this.installedDir, run.signal));
      }
      const known = isPublished ? 'the published one' : 'the one recorded at installation (none is published for this file)';
      return `${model.name} is intact: its sha256 ${sha256} is ${known}, and its tensors and graphs fit (${sizes} px).`;
    });
  }

  /** Removes a checkpoint and everything made from it. @returns the paths that were removed */
  async remove(id: string): Promise<string[]> {
    const model = await this.model(id);
    if (model.weights === null) throw new AppError('not-allowed', `${model.name} comes with the app and can't be removed.`);
    const run = { signal: new AbortController().signal, onProgress: () => {} };
    const removed = await this.#locked(model, run, async () => {
      const checkpoint = this.checkpointPath(model);
      const part = this.partPath(model);
      const folder = installedFolder(this.installedDir, model);
      const staged = (await readdir(folder)).filter(isStagedFolder).map((name) => join(folder, name));
      const bound = model.variants.flatMap(({ imageSize }) => [join(folder, String(imageSize)), join(folder, `${imageSize}-int8`)]);
      const gone: string[] = [];
      // The record goes first: without it nothing counts as installed, whatever stops this half-way.
      for (const path of [recordPath(checkpoint), checkpoint, part, notePath(part), ...bound, ...staged]) {
        if (!(await stat(path).catch(() => null))) continue;
        try {
          await rm(path, { recursive: true, force: true });
        } catch (error) {
          throw fileError(error, path);
        }
        gone.push(path);
      }
      return gone;
    });
    if (removed.length === 0) throw new AppError('model-missing', `${model.name} is not installed, so there was nothing to remove.`);
    return removed;
  }

  /** Judges a staged checkpoint, gives it its name, writes its record and binds it at every image size. */
  async #install(
    model: CatalogModel,
    staged: string,
    { source, bytes, requirePublished }: { source: string; bytes: number; requirePublished: boolean },
    run: InstallRun,
  ): Promise<InstalledRecord> {
    run.onProgress({ phase: 'checking', done: bytes, total: bytes });
    const checked = await this.#checkpoints.check(staged, model, requirePublished, run.signal).catch(async (error: unknown) => {
      if (isVerdict(error)) await dropPart(staged);
      throw error;
    });
    const path = this.checkpointPath(model);
    const record: InstalledRecord = {
      sha256: checked.sha256,
      bytes: checked.bytes,
      source,
      installedAt: new Date().toISOString(),
      checked: checked.isPublished ? 'published' : 'recorded',
    };
    try {
      await writeStaged(recordPath(path), async (stagedRecord) => {
        await writeFile(stagedRecord, `${JSON.stringify(record, null, 1)}\n`);
        await replaceFile(staged, path);
      });
      await syncFolder(installedFolder(this.installedDir, model));
      await rm(notePath(staged), { force: true });
    } catch (error) {
      throw fileError(error, path);
    }
    run.onProgress({ phase: 'binding', done: bytes, total: bytes });
    for (const { imageSize } of model.variants) await this.#checkpoints.bundleFor(model, imageSize, this.installedDir, run.signal);
    return record;
  }

  async #locked<T>(model: CatalogModel, run: InstallRun, work: (run: InstallRun) => Promise<T>): Promise<T> {
    const lock = await lockFolder(installedFolder(this.installedDir, model), model.name);
    const onProgress = (progress: InstallProgress): void => {
      lock.touch();
      run.onProgress(progress);
    };
    try {
      return await work({ signal: run.signal, onProgress });
    } finally {
      lock.release();
    }
  }
}

const needWeights = (model: CatalogModel): NonNullable<CatalogModel['weights']> => {
  if (model.weights) return model.weights;
  throw new AppError('bad-request', `${model.name} comes with the app, so there is nothing to download or import.`);
};
