/**
 * Sources that are no clip yet: addresses, folders of pictures, files and recordings that a window sends. Each becomes a file in the
 * app's folder, as an operation that shows how far it is and can be cancelled, and is then opened like any clip.
 */
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { isNetworkAddress, shownAddress } from '../../engine/media/import-media.ts';
import type { EngineInput } from '../../engine/protocol.ts';
import type { EnginePeer } from '../engine-host.ts';
import { freeBytes } from '../export-estimate.ts';
import type { Operations, RunningOperation } from '../operations.ts';

type Source = EngineInput<'importMedia'>['source'];

export interface ImportsHost {
  /** Imported clips lie here. */
  folder: string;
  operations: Operations;
  engine: () => EnginePeer;
  cancelRun: (id: string) => void;
  open: (path: string) => Promise<unknown>;
  notify: (level: 'info' | 'warning', text: string) => void;
}

interface Upload {
  /** Who sends it. */
  owner: object;
  file: FileHandle;
  path: string;
  name: string;
  bytes: number;
  isRecording: boolean;
  running: RunningOperation;
  /** Ends the operation: with the file's name, or null when it was cancelled. */
  end: (isWhole: boolean) => void;
  writing: Promise<unknown>;
}

/** What a folder of pictures is played at, as it says nothing of it. */
const imagesPerSecond = 25;
/** This much of the disk is left alone. */
const reserveBytes = 256 * 2 ** 20;
/** An endless source is ended after so long: six hours. */
const longestMs = 6 * 3_600_000;
/** How much of a stream comes between two looks at the disk. */
const roomEveryMs = 5_000;

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

/** What `path` is imported as; null for a file, which is opened as it is. A project's folder is not for here. */
export const importSource = (path: string): Source | null => {
  if (isNetworkAddress(path)) return { kind: 'network', url: path };
  return isFolder(path) ? { kind: 'images', folder: path, framesPerSecond: imagesPerSecond } : null;
};

/** A name that is one on every system. */
const safeName = (name: string): string => {
  const plain = basename(name.replaceAll('\\', '/'))
    .replaceAll(/[^\p{L}\p{N}._ -]/gu, '_')
    .replace(/^\.+/, '')
    .trim();
  return plain.slice(-120) || 'clip';
};

const nameOf = (source: Source): string => {
  if (source.kind !== 'network') return safeName(source.kind === 'images' ? source.folder : source.path);
  const { hostname, pathname } = new URL(source.url);
  return safeName(pathname.split('/').findLast((part) => part !== '') ?? hostname);
};

export class Imports {
  readonly #host: ImportsHost;
  readonly #uploads = new Map<string, Upload>();
  readonly #progress = new Map<string, (done: number, total: number) => void>();

  constructor(host: ImportsHost) {
    this.#host = host;
  }

  /** Hears what an engine tells of imports. */
  attach(peer: EnginePeer): void {
    peer.on('importProgress', ({ runId, done, total }) => this.#progress.get(runId)?.(done, total));
  }

  /** Whether a path is one that was imported here, which every client may open. */
  owns(path: string): boolean {
    const inside = relative(resolve(this.#host.folder), resolve(path));
    return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(this.#host.folder, inside) === resolve(path);
  }

  /** Its sender is gone: a recording ends and is kept, a file that is not whole is given up. */
  async release(owner: object): Promise<void> {
    for (const [operationId, upload] of [...this.#uploads]) {
      if (upload.owner !== owner) continue;
      if (!upload.isRecording) await this.#give(operationId);
      else {
        this.#host.notify('warning', `The window that recorded ${upload.name} is gone. What came until then is kept and opened.`);
        await this.complete(operationId).catch((error: unknown) => this.#host.notify('warning', AppError.from(error).message));
      }
    }
  }

  /** @returns the operation's id; the clip is open when it is done */
  start(source: Source): string {
    const { operations, cancelRun } = this.#host;
    this.#requireIdle();
    const title = source.kind === 'network' ? shownAddress(source.url) : nameOf(source);
    let isCancelled = false;
    return operations.start(
      'import',
      title,
      (running) => this.#import(running, source, () => isCancelled),
      (id) => {
        isCancelled = true;
        cancelRun(id);
      },
    );
  }

  /** Ends an endless source, or a recording; what came is opened. */
  async finish(operationId: string): Promise<void> {
    await this.#host.engine().call('finishImport', { runId: operationId });
  }

  /**
   * A file or a recording that a window sends piece by piece.
   * @param bytes its length, null for a recording, which has none yet
   * @param owner who sends it (see {@link release})
   * @returns the operation's id, which names it from then on
   * @throws AppError `disk-full` before anything is sent
   */
  async begin(name: string, bytes: number | null, owner: object): Promise<string> {
    const { folder, operations } = this.#host;
    this.#requireIdle();
    await mkdir(folder, { recursive: true });
    await this.#requireRoom(bytes ?? 0);
    const clean = safeName(name);
    const path = join(folder, `${randomUUID()}${extname(clean)}.partial`);
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
    if (upload.bytes >> 26 !== (upload.bytes + data.length) >> 26) await this.#requireRoom(data.length);
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

  /** The file is whole: it is opened. */
  async complete(operationId: string): Promise<void> {
    const upload = this.#upload(operationId);
    this.#uploads.delete(operationId);
    await upload.writing;
    await upload.file.close();
    try {
      if (upload.bytes === 0) throw new AppError('source-empty', 'Nothing was recorded. Try again, and wait for the picture.');
      const target = await this.#target(upload.isRecording ? `${basename(upload.name, extname(upload.name))}.mkv` : upload.name);
      if (upload.isRecording)
        await this.#host
          .engine()
          .call('importMedia', { runId: operationId, source: { kind: 'recording', path: upload.path }, output: target });
      else await rename(upload.path, target);
      await this.#host.open(target);
      upload.end(true);
    } catch (error) {
      upload.end(false);
      throw error;
    } finally {
      await rm(upload.path, { force: true });
    }
  }

  async #import(running: RunningOperation, source: Source, isCancelled: () => boolean): Promise<'done' | 'cancelled'> {
    const { folder, engine, notify } = this.#host;
    await mkdir(folder, { recursive: true });
    await this.#requireRoom(0);
    const output = await this.#target(`${basename(nameOf(source), extname(nameOf(source)))}.mkv`);
    // Before the engine knew of it.
    if (isCancelled()) return 'cancelled';
    const watch = this.#watchRoom(running);
    this.#progress.set(running.id, (done, total) => {
      running.progress(done, total);
      if (total === 0) watch(done);
    });
    try {
      const { endedEarly } = await engine().call('importMedia', { runId: running.id, source, output });
      if (endedEarly !== null)
        notify('warning', `${running.title} ended early (${endedEarly}). What came until then is here; open the address again for more.`);
      await this.#host.open(output);
      running.addOutput({ name: basename(output), path: output, url: null });
      return 'done';
    } finally {
      this.#progress.delete(running.id);
    }
  }

  /** @returns told how many ms of a stream came: one that gets too long, or leaves too little of the disk, is ended and kept */
  #watchRoom(running: RunningOperation): (ms: number) => void {
    let lookedMs = 0;
    let isEnding = false;
    const end = (why: string): void => {
      if (isEnding) return;
      isEnding = true;
      this.#host.notify('warning', `${running.title} was ended: ${why}. What came until then is opened.`);
      this.finish(running.id).catch(() => {});
    };
    return (ms) => {
      if (ms >= longestMs) end('it is six hours long');
      if (ms < lookedMs + roomEveryMs) return;
      lookedMs = ms;
      void this.#requireRoom(0).catch(() => end('the disk is almost full'));
    };
  }

  /** A path that is free. */
  async #target(name: string): Promise<string> {
    const folder = join(this.#host.folder, randomUUID().slice(0, 8));
    await mkdir(folder, { recursive: true });
    return join(folder, name);
  }

  #upload(operationId: string): Upload {
    const upload = this.#uploads.get(operationId);
    if (!upload) throw new AppError('bad-request', 'This upload is over. Start it again.');
    return upload;
  }

  async #give(operationId: string): Promise<void> {
    const upload = this.#uploads.get(operationId);
    this.#uploads.delete(operationId);
    if (!upload) return this.#host.cancelRun(operationId);
    await upload.writing;
    await upload.file.close();
    await rm(upload.path, { force: true });
    upload.end(false);
  }

  /** One at a time. */
  #requireIdle(): void {
    if (this.#host.operations.isRunning('import'))
      throw new AppError('busy', 'Something is being fetched already. Wait until it is done, or cancel it.');
  }

  async #requireRoom(bytes: number): Promise<void> {
    const free = await freeBytes(this.#host.folder);
    if (free !== null && free < bytes + reserveBytes)
      throw new AppError('disk-full', `${this.#host.folder} has too little room for it. Free some space and try again.`, {
        details: { free, bytes },
      });
  }
}
