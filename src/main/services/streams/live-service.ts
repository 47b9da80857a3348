/**
 * Live sources, each a session that grows. Its recording and the work on it lie in a folder of their own until it ends;
 * they become a clip with a project then, with everything under the recording's frame numbers.
 */
import { basename } from 'node:path';
import type { MethodOutput } from '../../../shared/contract.ts';
import { AppError } from '../../../shared/errors.ts';
import type { LiveSource } from '../../../shared/live.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { isNetworkAddress } from '../../common/addresses.ts';
import { requireCamera, titleOf } from '../../common/live-source.ts';
import type { EngineEvents, EngineInput, LiveFrameEvent } from '../../engine/api/protocol.ts';
import type { Operations } from '../base/operations.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { LiveLink } from '../session/live-link.ts';
import type { SessionService } from '../session/session-service.ts';
import type { LiveClip } from './live-clip.ts';
import { clipNameOf, connecting, type Live } from './live-entry.ts';
import type { LiveListener } from './live-events.ts';
import { LiveMedia } from './live-media.ts';
import { LiveRecordings, type LiveRecordingsDeps } from './live-recordings.ts';
import type { LiveWork } from './live-work.ts';

export interface LiveServiceDeps extends LiveRecordingsDeps {
  operations: Operations;
  settings: () => { bufferBytes: number; tries: number; memory: MemorySettings; display: { width: number; height: number } };
  /** Makes a session of a live source. */
  use: (title: string, media: LiveMedia, work: LiveWork, link: LiveLink) => Promise<SessionService>;
  /** Opens the clip it has become, as a session in the place of the live one. */
  open: (clip: LiveClip, live: SessionService) => Promise<SessionService>;
  /** Nothing came of it. */
  drop: (session: SessionService) => Promise<void>;
  onChange: (sessionId: string) => void;
  /** Other times than the usual, for tests. */
  rules?: EngineInput<'liveStart'>['rules'] | undefined;
}

/** It is ended after so long: six hours. */
const longestMs = 6 * 3_600_000;
/** Between two looks at the disk, ms. */
const roomEveryMs = 5_000;

export class LiveService implements LiveListener {
  readonly #deps: LiveServiceDeps;
  readonly #recordings: LiveRecordings;
  /** By session. */
  readonly #live = new Map<string, Live>();

  constructor(deps: LiveServiceDeps) {
    this.#deps = deps;
    this.#recordings = new LiveRecordings(deps);
  }

  get isLive(): boolean {
    return this.#live.size > 0;
  }

  onMedia({ sessionId, ...described }: EngineEvents['liveMedia']): void {
    const live = this.#of(sessionId);
    live?.media.describe(described);
    if (live) this.#deps.onChange(sessionId);
  }

  async cameras(): Promise<MethodOutput<'live.cameras'>> {
    return this.#deps.engine().call('liveCameras', {});
  }

  /** @param owner the window, should it be one that sends a recording. How it goes is in the session's state. */
  async start(source: LiveSource, owner: object): Promise<{ operationId: string; sessionId: string }> {
    const { operations, use, engine } = this.#deps;
    if (source.kind === 'network' && !isNetworkAddress(source.url))
      throw new AppError('not-allowed', 'This kind of address is not supported. Use http, https, rtsp, rtmp or srt, or a path for a file.');
    if (source.kind === 'camera') requireCamera(source.deviceId, process.platform);
    const title = titleOf(source);
    const clipName = clipNameOf(source);
    const work = await this.#recordings.begin(title, clipName);
    const media = new LiveMedia();
    let live: Live | null = null;
    const link: LiveLink = {
      view: () => live?.state ?? connecting(title),
      resume: () => this.#resume(live),
      resumed: () => this.#resumed(live),
    };
    const session = await use(title, media, work, link);
    const done = Promise.withResolvers<'done' | 'cancelled'>();
    const state = connecting(title);
    live = {
      ...{ id: session.id, session, media, work, source, title, clipName, state, done },
      ...{ owner: source.kind === 'window' ? owner : null, operationId: '', running: null, locked: '', lookedMs: 0, ending: null },
    };
    this.#live.set(live.id, live);
    const started = live;
    live.operationId = operations.start(
      'live',
      title,
      (running) => {
        started.running = running;
        return done.promise;
      },
      () => void this.#end(started, null),
      { sessionId: live.id },
    );
    try {
      await this.#begin(engine(), live);
    } catch (error) {
      await this.#abandon(live, AppError.from(error));
      throw error;
    }
    return { operationId: live.operationId, sessionId: live.id };
  }

  /** A piece of the recording of a window. */
  async append(operationId: string, data: Uint8Array<ArrayBuffer>): Promise<void> {
    const live = [...this.#live.values()].find((one) => one.operationId === operationId);
    if (!live || live.ending) throw new AppError('bad-request', 'This live source has ended. Start it again.');
    await this.#deps.engine().call('liveAppend', { sessionId: live.id, data });
  }

  /**
   * Ends a live source; resolves when it is open as a clip.
   * @returns that session's id, null when nothing was recorded
   */
  async stop(sessionId: string): Promise<string | null> {
    return this.#end(this.#required(sessionId), null);
  }

  /** Ends every one. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#live.values()].map((live) => this.#end(live, null)));
  }

  async setTracking(sessionId: string, isOn: boolean): Promise<void> {
    const live = this.#required(sessionId);
    await this.#deps.engine().call('liveTracking', { sessionId: live.id, isOn, locked: this.#locked(live) });
  }

  /** The session is closed for another: what came is kept as a project. */
  async leave(session: SessionService): Promise<void> {
    const live = this.#live.get(session.id);
    if (live && !live.ending) await this.#end(live, null, false);
  }

  /** A window is gone. */
  async release(owner: object): Promise<void> {
    const owned = [...this.#live.values()].filter((live) => live.owner === owner);
    await Promise.all(owned.map((live) => this.#end(live, `The window that recorded ${live.title} was closed`)));
  }

  /** Recordings that a kill or a crash left unfinished are made whole and kept as projects. */
  recover(): Promise<void> {
    return this.#recordings.recover();
  }

  #of(sessionId: string): Live | null {
    return this.#live.get(sessionId) ?? null;
  }

  #required(sessionId: string): Live {
    const live = this.#of(sessionId);
    if (!live) throw new AppError('session-unknown', 'This session is not live. Start a live source first.');
    return live;
  }

  async #begin(engine: EnginePeer, live: Live): Promise<void> {
    const { settings, rules = {} } = this.#deps;
    const { bufferBytes, tries, memory, display } = settings();
    const { media, source, work } = live;
    await engine.call('liveStart', {
      ...{ sessionId: live.id, source, folder: work.folder, bufferBytes, tries, memory, display, rules },
      picture: media.count === 0 ? null : { width: media.width, height: media.height },
      stream: null,
    });
  }

  async #resume(live: Live | null): Promise<void> {
    if (!live || live.ending) return;
    live.locked = '';
    if (live.source.kind === 'window') {
      // What the window sends from here on has no beginning that a decoder could begin with.
      void this.#end(live, `The engine was restarted while ${live.title} was live`);
      return;
    }
    await this.#begin(this.#deps.engine(), live);
  }

  async #resumed(live: Live | null): Promise<void> {
    if (!live || live.ending) return;
    await this.#deps.engine().call('liveTracking', { sessionId: live.id, isOn: live.state.isTracking, locked: this.#locked(live) });
  }

  onFrame(event: LiveFrameEvent): void {
    const live = this.#of(event.sessionId);
    if (!live) return;
    if (event.isNew) live.media.add(event.frame, event.timeMs);
    live.session.onLiveFrame(event);
  }

  onReport({ sessionId, state, isOver }: EngineEvents['liveReport']): void {
    const live = this.#of(sessionId);
    if (!live || live.ending) return;
    live.state = state;
    live.running?.progress(state.recordedMs, 0);
    this.#deps.onChange(sessionId);
    if (isOver) {
      void this.#end(live, state.problem ? `${live.title} is no longer live: ${state.problem.message}` : `${live.title} has ended`);
      return;
    }
    this.#tellLocked(live);
    if (state.recordedMs >= longestMs) void this.#end(live, `${live.title} was stopped because it is six hours long`);
    if (performance.now() < live.lookedMs + roomEveryMs) return;
    live.lookedMs = performance.now();
    void this.#recordings.requireRoom().catch(() => this.#end(live, `${live.title} was stopped because the disk is almost full`));
  }

  #locked({ session }: Live): number[] {
    return session.edits.list.flatMap(({ id, locked }) => (locked ? [id] : []));
  }

  #tellLocked(live: Live): void {
    const locked = this.#locked(live);
    if (locked.join() === live.locked) return;
    live.locked = locked.join();
    this.#deps
      .engine()
      .call('liveTracking', { sessionId: live.id, isOn: null, locked })
      .catch(() => {});
  }

  /** @param why said to the user, when it was not the user who ended it @param opens else it is kept as a project */
  #end(live: Live, why: string | null, opens = true): Promise<string | null> {
    live.ending ??= this.#finish(live, why, opens);
    return live.ending;
  }

  async #finish(live: Live, why: string | null, opens: boolean): Promise<string | null> {
    const { engine, notify, onChange } = this.#deps;
    const { problem } = live.state;
    live.state = { ...live.state, phase: 'ending', retryInMs: null };
    onChange(live.id);
    try {
      await engine().call('liveStop', { sessionId: live.id });
      const { trees } = live.session;
      const clip = await this.#recordings.clipOf(live.work, live.clipName, { isFollowed: live.state.isTracking, trees });
      const opened = opens ? await this.#deps.open(clip, live.session) : null;
      if (opened) live.running?.opened(opened.id);
      else await this.#deps.keep(clip);
      live.work.remove();
      live.running?.addOutput({ name: basename(clip.path), path: clip.path, url: null });
      if (why) notify('warning', `${why}. The recording up to then is ${opens ? 'open as a clip' : 'among the recent projects'}.`);
      this.#forget(live);
      live.done.resolve('done');
      return opened?.id ?? null;
    } catch (error) {
      const known = AppError.from(error);
      await this.#abandon(
        live,
        known.code === 'source-empty' && problem ? AppError.deserialize(problem) : known,
        known.code === 'source-empty',
      );
      return null;
    }
  }

  /** @param isEmpty nothing was recorded: nothing stays; else the folder is looked at again at the next start */
  async #abandon(live: Live, error: AppError, isEmpty = live.media.count === 0): Promise<void> {
    if (isEmpty) live.work.remove();
    else {
      live.work.close();
      this.#deps.notify('warning', `The recording of ${live.title} is kept. It is finished at the next start of the app.`);
    }
    this.#forget(live);
    await this.#deps.drop(live.session);
    // An end that the user asked for before the first picture is no failure.
    if (error.code === 'source-empty') live.done.resolve('cancelled');
    else live.done.reject(error);
  }

  #forget(live: Live): void {
    this.#live.delete(live.id);
  }
}
