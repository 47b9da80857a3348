/** The configured streams: each runs by itself from the start of the app to its end, whether somebody looks or not. */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { type Chapter, type StreamConfig, type StreamState, streamConfigSchema } from '../../../shared/streams.ts';
import { isNetworkAddress } from '../../common/addresses.ts';
import { requireCamera, titleOf } from '../../common/live-source.ts';
import type { LiveListener } from './live-events.ts';
import { expired } from './retention.ts';
import type { StreamDeps } from './stream-deps.ts';
import { StreamRun } from './stream-run.ts';
import type { StreamStore } from './stream-store.ts';

const tickMs = 1_000;
/** Between two looks at the free space, and at the ages of the chapters, ms. */
const lookEveryMs = 10_000;
const retentionEveryMs = 60_000;
/** This much of the disk is left alone. */
const reserveBytes = 256 * 2 ** 20;

export interface StreamServiceDeps extends StreamDeps {
  folder: string;
  store: StreamStore;
  /** Makes a clip of a closed chapter and opens it. @returns its session */
  openChapter: (folder: string, name: string) => Promise<string>;
}

export class StreamService implements LiveListener {
  readonly #deps: StreamServiceDeps;
  readonly #runs = new Map<string, StreamRun>();
  #timer: NodeJS.Timeout | null = null;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #retainedMs = Number.NEGATIVE_INFINITY;
  #tidying: Promise<void> | null = null;

  constructor(deps: StreamServiceDeps) {
    this.#deps = deps;
  }

  get states(): StreamState[] {
    return [...this.#runs.values()].map((run) => run.state);
  }

  /** As {@link states}, with the faults by code. */
  get facts(): { state: StreamState; faults: Record<string, number> }[] {
    return [...this.#runs.values()].map(({ state, faults }) => ({ state, faults: faults.byCode }));
  }

  /** The configured name of the stream that a session is of; null where it is of none. */
  nameOf(sessionId: string): string | null {
    return [...this.#runs.values()].find((run) => run.owns(sessionId))?.config.name ?? null;
  }

  get configs(): { id: string; config: StreamConfig }[] {
    return [...this.#runs.values()].map(({ id, config }) => ({ id, config }));
  }

  /** Begins with what is configured. */
  start(): void {
    for (const [id, config] of this.#deps.store.all) this.#run(id, config);
    this.#timer ??= setInterval(() => this.tick(), tickMs).unref();
    this.#deps.onChange();
  }

  /** Each second; tests have a clock of their own. */
  tick(): void {
    for (const run of this.#runs.values()) run.tick();
    const nowMs = this.#deps.now();
    if (nowMs - this.#lookedMs < lookEveryMs || this.#tidying || this.#runs.size === 0) return;
    this.#lookedMs = nowMs;
    this.#tidying = this.#tidy()
      .catch((error: unknown) => this.#deps.tell('warning', AppError.from(error).message))
      .finally(() => {
        this.#tidying = null;
      });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#tidying;
    await Promise.all([...this.#runs.values()].map((run) => run.settled()));
  }

  /** Resolves when every last chapter is whole. */
  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    const runs = [...this.#runs.values()];
    this.#runs.clear();
    await Promise.all(runs.map((run) => run.close()));
  }

  /** @param wantedId by default a new one @throws AppError `bad-request`, `not-allowed` */
  add(config: StreamConfig, wantedId: string | null = null): string {
    checkSource(config);
    const id = this.#deps.store.put(wantedId, config);
    this.#run(id, config);
    this.tick();
    this.#deps.onChange();
    return id;
  }

  /** What is left out stays. */
  edit(id: string, change: Partial<StreamConfig>): void {
    const run = this.#required(id);
    const config = streamConfigSchema.parse({ ...run.config, ...change });
    checkSource(config);
    this.#deps.store.put(id, config);
    run.configure(config);
    this.#deps.onChange();
  }

  /** @param keepsRecordings else its chapters go with it */
  async remove(id: string, keepsRecordings: boolean): Promise<void> {
    const run = this.#required(id);
    this.#deps.store.remove(id);
    this.#runs.delete(id);
    this.#deps.onChange();
    await run.close();
    if (!keepsRecordings) run.folders.removeAll();
  }

  /** Shows a stream as a live session. @throws AppError `busy` while it has no picture */
  view(id: string): string {
    const run = this.#required(id);
    const { sessionId } = run;
    if (sessionId === null) throw new AppError('busy', `${run.config.name} sends no picture now. View it when it does.`);
    run.setViewed(true);
    return sessionId;
  }

  /** The tab is closed; the stream goes on. @returns whether it was a stream's */
  unview(sessionId: string): boolean {
    const run = [...this.#runs.values()].find((one) => one.owns(sessionId));
    run?.setViewed(false);
    return run !== undefined;
  }

  /** @returns whether the session is a stream's */
  async setTracking(sessionId: string, isOn: boolean): Promise<boolean> {
    for (const run of this.#runs.values()) if (await run.setTracking(sessionId, isOn)) return true;
    return false;
  }

  chapters(id: string): Chapter[] {
    return this.#required(id).folders.closed();
  }

  /** Opens a closed chapter as a clip with its project; from then on it is the user's, and no retention removes it. */
  async openChapter(id: string, chapterId: string): Promise<string> {
    const { folders, config } = this.#required(id);
    if (!folders.closed().some((chapter) => chapter.id === chapterId))
      throw new AppError('source-missing', 'This chapter is gone. The retention of its stream may have removed it.');
    const sessionId = await this.#deps.openChapter(folders.pathOf(chapterId), `${config.name} ${chapterId.slice(0, 6)}`);
    folders.remove(chapterId);
    return sessionId;
  }

  /** Another model is at work, or the engine is about to be restarted: every stream begins a chapter. */
  endChapters(why: 'model' | 'restart'): void {
    for (const run of this.#runs.values()) run.end(why);
  }

  onEngineLost(): void {
    for (const run of this.#runs.values()) run.onEngineLost();
  }

  onMedia(event: Parameters<LiveListener['onMedia']>[0]): void {
    for (const run of this.#runs.values()) run.onMedia(event);
  }

  onFrame(event: Parameters<LiveListener['onFrame']>[0]): void {
    for (const run of this.#runs.values()) run.onFrame(event);
  }

  onReport(event: Parameters<LiveListener['onReport']>[0]): void {
    for (const run of this.#runs.values()) run.onReport(event);
  }

  onFault(event: Parameters<NonNullable<LiveListener['onFault']>>[0]): void {
    for (const run of this.#runs.values()) run.onFault(event);
  }

  #run(id: string, config: StreamConfig): void {
    this.#runs.set(id, new StreamRun(id, config, join(this.#deps.folder, id), this.#deps));
  }

  #required(id: string): StreamRun {
    const run = this.#runs.get(id);
    if (!run) throw new AppError('session-unknown', 'There is no such stream. It may have been removed in another window.');
    return run;
  }

  /** Removes what the retentions say; on a full disk the oldest chapters of all, and then no more is recorded. */
  async #tidy(): Promise<void> {
    const isTime = this.#deps.now() - this.#retainedMs >= retentionEveryMs;
    if (isTime) this.#retainedMs = this.#deps.now();
    for (const { folders, config } of isTime ? this.#runs.values() : [])
      for (const chapterId of expired(folders.closed(), config.retention, this.#deps.wallNow())) folders.remove(chapterId);
    const isFull = async (): Promise<boolean> => ((await this.#deps.freeBytes()) ?? reserveBytes) < reserveBytes;
    while (await isFull()) {
      const [oldest] = [...this.#runs.values()]
        .flatMap(({ folders }) => folders.closed().map((chapter) => ({ folders, chapter })))
        .sort((a, b) => a.chapter.endedAtMs - b.chapter.endedAtMs);
      if (oldest) oldest.folders.remove(oldest.chapter.id);
      else {
        for (const run of this.#runs.values()) run.halt('disk-full', 'The disk is full, so nothing more is recorded. Free some space.');
        return;
      }
    }
  }
}

const checkSource = ({ source, name }: StreamConfig): void => {
  if (source.kind === 'network' && !isNetworkAddress(source.url))
    throw new AppError('not-allowed', `The address of ${name} (${titleOf(source)}) is not supported. Use http, https, rtsp, rtmp or srt.`);
  if (source.kind === 'camera') requireCamera(source.deviceId, process.platform);
};
