/** Files and recordings that a window sends piece by piece, as an operation that is opened when it is whole. */
import { type FileHandle, open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { replaceFile } from '../../common/atomic-file.ts';
import type { RunningOperation } from '../base/operations.ts';
import { safeName } from './import-source.ts';
import type { ImportPlace } from './import-store.ts';
import { type ImportsDeps, requireImportRoom, requireNoImport } from './imports-deps.ts';

interface Upload {
  /** Who sends it. */
  owner: object;
  file: FileHandle;
  place: ImportPlace;
  path: string;
  name: string;
  bytes: number;
  isRecording: boolean;
  running: RunningOperation;
  /** Ends the operation: with the file's name, or null when it was cancelled. */
  end: (isWhole: boolean) => void;
  writing: Promise<unknown>;
}

export class Uploads {
  readonly #deps: ImportsDeps;
  readonly #uploads = new Map<string, Upload>();

  constructor(deps: ImportsDeps) {
    this.#deps = deps;
  }

  /** Its sender is gone: a recording ends and is kept, a file that is not whole is given up. */
  async release(owner: object): Promise<void> {
    for (const [operationId, upload] of [...this.#uploads]) {
      if (upload.owner !== owner) continue;
      if (!upload.isRecording) await this.#give(operationId);
      else {
        this.#deps.notify('warning', `The window that recorded ${upload.name} was closed. The recording up to then is kept and opened.`);
        await this.complete(operationId).catch((error: unknown) => this.#deps.notify('warning', AppError.from(error).message));
      }
    }
  }

  /**
   * @param bytes its length, null for a recording, which has none yet
   * @param owner who sends it (see {@link release})
   * @returns the operation's id, which names it from then on
   * @throws AppError `disk-full` before anything is sent
   */
  async begin(name: string, bytes: number | null, owner: object): Promise<string> {
    const { operations, store } = this.#deps;
    requireNoImport(this.#deps);
    await requireImportRoom(this.#deps, bytes ?? 0);
    const clean = safeName(name);
    const partial = `${clean}.partial`;
    const place = await store.claim(bytes === null ? partial : null);
    const path = place.path(partial);
    const file = await open(path, 'wx');
    let end: Upload['end'] = () => {};
    const ended = new Promise<boolean>((resolve) => {
      end = resolve;
    });
    return operations.start(
      'import',
      clean,
      async (running) => {
        this.#uploads.set(running.id, {
          owner,
          file,
          place,
          path,
          name: clean,
          bytes: 0,
          isRecording: bytes === null,
          running,
          end,
          writing: Promise.resolve(),
        });
        running.progress(0, bytes ?? 0);
        return (await ended) ? 'done' : 'cancelled';
      },
      (operationId) => void this.#give(operationId),
    );
  }

  /** @throws AppError `bad-request` for an upload that is over */
  async append(operationId: string, data: Uint8Array, total: number | null): Promise<void> {
    const upload = this.#upload(operationId);
    if (upload.bytes >> 26 !== (upload.bytes + data.length) >> 26) await requireImportRoom(this.#deps, data.length);
    const write = upload.writing.then(() => upload.file.write(data, 0, data.length));
    upload.writing = write.catch(() => {});
    try {
      await write;
    } catch (cause) {
      await this.#give(operationId);
      throw new AppError('disk-full', `${upload.name} could not be written to the disk. Free some space and try again.`, { cause });
    }
    upload.bytes += data.length;
    // A recording tells its time in the window that makes it.
    if (total !== null) upload.running.progress(upload.bytes, total);
  }

  /** The file is whole: it is opened. @returns the session's id */
  async complete(operationId: string): Promise<string> {
    const upload = this.#upload(operationId);
    const { place, path } = upload;
    this.#uploads.delete(operationId);
    await upload.writing;
    await upload.file.close();
    try {
      if (upload.bytes === 0) throw new AppError('source-empty', 'Nothing was recorded. Try again and wait for the picture.');
      const target = place.path(upload.isRecording ? `${basename(upload.name, extname(upload.name))}.mkv` : upload.name);
      if (upload.isRecording)
        await this.#deps.engine().call('importMedia', { runId: operationId, source: { kind: 'recording', path }, output: target });
      else await replaceFile(path, target);
      const { id } = await this.#deps.open(target);
      upload.running.opened(id);
      await place.done();
      upload.end(true);
      return id;
    } catch (error) {
      // A recording can't be made again: it waits for the next engine.
      if (upload.isRecording && AppError.from(error).code === 'engine-lost') place.leave();
      else await place.remove();
      upload.end(false);
      throw error;
    }
  }

  #upload(operationId: string): Upload {
    const upload = this.#uploads.get(operationId);
    if (!upload) throw new AppError('bad-request', 'This upload has ended. Start it again.');
    return upload;
  }

  async #give(operationId: string): Promise<void> {
    const upload = this.#uploads.get(operationId);
    this.#uploads.delete(operationId);
    if (!upload) return this.#deps.cancelRun(operationId);
    await upload.writing;
    await upload.file.close();
    await upload.place.remove();
    upload.end(false);
  }
}
