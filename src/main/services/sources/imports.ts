/**
 * Sources that are no clip yet: addresses and folders of pictures. Each becomes a file in the app's folder, as an
 * operation that shows how far it is and can be cancelled, and is then opened like any clip. What a killed app was
 * recording is made whole.
 */
import { randomUUID } from 'node:crypto';
import { basename, extname } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { replaceFile } from '../../common/atomic-file.ts';
import { shownAddress } from '../../common/shown-address.ts';
import type { RunningOperation } from '../base/operations.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { type FetchOptions, type FileOffer, fetchFile, offerOf } from './fetch-file.ts';
import { nameOf, type Source } from './import-source.ts';
import type { CutRecording, ImportPlace } from './import-store.ts';
import { type ImportsDeps, requireImportRoom, requireNoImport } from './imports-deps.ts';

/** An endless source is ended after so long: six hours. */
const longestMs = 6 * 3_600_000;
/** How much of a stream comes between two looks at the disk. */
const roomEveryMs = 5_000;

const isHttp = (url: string): boolean => /^https?:/i.test(url);

export class Imports {
  readonly #deps: ImportsDeps;
  readonly #progress = new Map<string, (done: number, total: number) => void>();
  /** Folders of clips that were made here. */
  readonly #made: ImportPlace[] = [];

  constructor(deps: ImportsDeps) {
    this.#deps = deps;
  }

  /** Hears what an engine tells of imports. */
  attach(peer: EnginePeer): void {
    peer.on('importProgress', ({ runId, done, total }) => this.#progress.get(runId)?.(done, total));
  }

  /** @returns the operation's id; the clip is open when it is done */
  start(source: Source): string {
    const { operations, cancelRun } = this.#deps;
    requireNoImport(this.#deps);
    const title = source.kind === 'network' ? shownAddress(source.url) : nameOf(source);
    const ending = new AbortController();
    return operations.start(
      'import',
      title,
      (running) => this.#import(running, source, ending.signal),
      (id) => {
        ending.abort();
        cancelRun(id);
      },
    );
  }

  /** Ends an endless source, or a recording; what came is opened. */
  async finish(operationId: string): Promise<void> {
    await this.#deps.engine().call('finishImport', { runId: operationId });
  }

  /**
   * Makes whole what was being recorded when the app or its engine ended, removes what else was left, and tells the
   * user.
   */
  async recover(): Promise<void> {
    for (const cut of await this.#deps.store.leftovers()) await this.#recover(cut);
  }

  /** Removes what was imported here: for a host that keeps no project that could point to it. */
  async forget(): Promise<void> {
    for (const place of this.#made) await place.remove();
  }

  async #recover({ place, path, name }: CutRecording): Promise<void> {
    const { engine, notify } = this.#deps;
    try {
      await engine().call('importMedia', { runId: randomUUID(), source: { kind: 'recording', path }, output: place.path(name) });
      await place.done();
      this.#made.push(place);
      notify(
        'info',
        `${name} was being recorded when the app closed. The recording up to then is kept. Open it in Settings, under Storage.`,
      );
    } catch (error) {
      const { code } = AppError.from(error);
      // Nothing can be made of it; else it is tried again at the next start.
      if (code.startsWith('source-')) await place.remove();
      else place.leave();
    }
  }

  async #import(running: RunningOperation, source: Source, signal: AbortSignal): Promise<'done' | 'cancelled'> {
    const { store, open } = this.#deps;
    await requireImportRoom(this.#deps);
    const plain = basename(nameOf(source), extname(nameOf(source)));
    const place = await store.claim(null);
    try {
      const offer = source.kind === 'network' && isHttp(source.url) ? await offerOf(source.url, this.#fetching(signal)) : null;
      const path =
        source.kind === 'network' && offer?.file
          ? await this.#fetch(running, source.url, offer.file, place, plain, signal)
          : await this.#copy(
              running,
              offer?.isClockless && source.kind === 'network' ? { ...source, isClockless: true } : source,
              place,
              plain,
              signal,
            );
      running.opened((await open(path)).id);
      running.addOutput({ name: basename(path), path, url: null });
      await place.done();
      this.#made.push(place);
      return 'done';
    } catch (error) {
      // What was recorded till the engine ended is made whole by the next one.
      if (AppError.from(error).code === 'engine-lost') place.leave();
      else await place.remove();
      throw error;
    }
  }

  #fetching(signal: AbortSignal): FetchOptions {
    return { proxy: this.#deps.proxy(), userAgent: this.#deps.userAgent, signal };
  }

  /** @returns the path of the file at an http(s) address */
  async #fetch(
    running: RunningOperation,
    url: string,
    offer: FileOffer,
    place: ImportPlace,
    plain: string,
    signal: AbortSignal,
  ): Promise<string> {
    const options = this.#fetching(signal);
    const part = place.path(`${plain}${offer.extension}.part`);
    try {
      await fetchFile(url, part, offer, options, (done, total) => running.progress(done, total));
    } catch (error) {
      if (AppError.from(error).code !== 'download-failed') throw error;
      return this.#rescue(running, part, place.path(`${plain}.mkv`), error);
    }
    const path = place.path(`${plain}${offer.extension}`);
    await replaceFile(part, path);
    return path;
  }

  /** Makes a clip of the beginning of a file whose rest did not come. @throws `error` when there is none in it */
  async #rescue(running: RunningOperation, part: string, output: string, error: unknown): Promise<string> {
    const source: Source = { kind: 'recording', path: part };
    await this.#deps
      .engine()
      .call('importMedia', { runId: running.id, source, output })
      .catch((failure: unknown) => {
        const { code } = AppError.from(failure);
        throw code.startsWith('source-') || code === 'decode-failed' ? error : failure;
      });
    this.#tellEarlyEnd(running.title, 'the connection kept breaking');
    return output;
  }

  /** Has the engine make the clip, with ffmpeg. */
  async #copy(running: RunningOperation, source: Source, place: ImportPlace, plain: string, signal: AbortSignal): Promise<string> {
    const name = `${plain}${source.kind === 'images' ? '.mov' : '.mkv'}`;
    if (source.kind === 'network') await place.mark(`${name}.partial`);
    // Before the engine knew of it.
    if (signal.aborted) throw AppError.from(signal.reason);
    const watch = this.#watchRoom(running);
    this.#progress.set(running.id, (done, total) => {
      running.progress(done, total);
      if (total === 0) watch(done);
    });
    try {
      const output = place.path(name);
      const { endedEarly } = await this.#deps.engine().call('importMedia', { runId: running.id, source, output });
      if (endedEarly !== null) this.#tellEarlyEnd(running.title, endedEarly);
      return output;
    } finally {
      this.#progress.delete(running.id);
    }
  }

  #tellEarlyEnd(title: string, why: string): void {
    this.#deps.notify('warning', `${title} ended early (${why}). The part received is open. Open the address again for more.`);
  }

  /**
   * @returns told how many ms of a stream came: one that gets too long, or leaves too little of the disk, is ended and
   *   kept
   */
  #watchRoom(running: RunningOperation): (ms: number) => void {
    let lookedMs = 0;
    let isEnding = false;
    const end = (why: string): void => {
      if (isEnding) return;
      isEnding = true;
      this.#deps.notify('warning', `${running.title} was stopped: ${why}. The part received is opened.`);
      this.finish(running.id).catch(() => {});
    };
    return (ms) => {
      if (ms >= longestMs) end('it is six hours long');
      if (ms < lookedMs + roomEveryMs) return;
      lookedMs = ms;
      void requireImportRoom(this.#deps).catch(() => end('the disk is almost full'));
    };
  }
}
