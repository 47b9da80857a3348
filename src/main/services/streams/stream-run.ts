/**
 * One stream while the app runs: its chapters one after the other, its life, what goes wrong and how it goes on.
 * Nothing
 * ends it but its user, or the end of a file. It holds as much after a year as after an hour.
 */
import { AppError } from '../../../shared/errors.ts';
import type { StreamConfig, StreamState } from '../../../shared/streams.ts';
import { titleOf } from '../../common/live-source.ts';
import type { EngineEvents } from '../../engine/api/protocol.ts';
import { type ChapterEnd, firstChapter, isChapterOver } from './chapter-clock.ts';
import { ChapterFolders } from './chapter-folders.ts';
import { FaultCounter } from './faults.ts';
import { FrameRateWindow } from './frame-rate-window.ts';
import type { HandedTrack } from './hand-over.ts';
import { StreamChapter, targetsOf } from './stream-chapter.ts';
import type { StreamDeps } from './stream-deps.ts';
import { StreamGovernor } from './stream-governor.ts';
import { checkEveryMs, registerStream, type StreamLife, stepStream } from './stream-lifecycle.ts';

/** A chapter that takes over may be without a picture for so long; then the one before ends all the same. */
const mostOverlapMs = 30_000;
const usualRetryMs = { first: 1_000, longest: 300_000 };

export class StreamRun {
  readonly id: string;
  readonly folders: ChapterFolders;
  readonly faults = new FaultCounter();
  #config: StreamConfig;
  readonly #deps: StreamDeps;
  readonly #rate = new FrameRateWindow();
  #governor: StreamGovernor;
  #life: StreamLife;
  /** It has a session. */
  #chapter: StreamChapter | null = null;
  /** It waits for its first picture. */
  #incoming: StreamChapter | null = null;
  #tracks: readonly HandedTrack[];
  #nextId = 1;
  #number: number;
  #pending: ChapterEnd | null = null;
  #work: Promise<void> | null = null;
  #checkedMs: number;
  #nextTryMs = Number.NEGATIVE_INFINITY;
  #refusals = 0;
  #isEnded = false;
  #isClosed = false;
  #isViewed = false;
  #dropped = 0;
  #resultMs: number | null = null;
  #told = '';

  constructor(id: string, config: StreamConfig, folder: string, deps: StreamDeps) {
    this.id = id;
    this.#config = config;
    this.#deps = deps;
    this.folders = new ChapterFolders(folder);
    this.folders.recover();
    this.#tracks = this.folders.loadTracks();
    this.#nextId = Math.max(0, ...this.#tracks.map((track) => track.id)) + 1;
    this.#number = this.folders.nextNumber;
    this.#life = registerStream(deps.now());
    this.#checkedMs = deps.now();
    this.#governor = new StreamGovernor(deps.now());
  }

  get config(): StreamConfig {
    return this.#config;
  }

  get sessionId(): string | null {
    return this.#chapter?.sessionId ?? null;
  }

  get isViewed(): boolean {
    return this.#isViewed;
  }

  owns(sessionId: string): boolean {
    return sessionId === this.#chapter?.sessionId || sessionId === this.#incoming?.sessionId;
  }

  /** Another name or retention goes on as it is; another source or size begins a chapter. */
  configure(config: StreamConfig): void {
    const runs = ({ source, profile, targetFps, analysisHeight, enhance }: StreamConfig): string =>
      JSON.stringify([source, profile, targetFps, analysisHeight, enhance]);
    const isOther = runs(config) !== runs(this.#config);
    this.#config = config;
    if (isOther) {
      this.#isEnded = false;
      this.#nextTryMs = Number.NEGATIVE_INFINITY;
      this.end('source');
    }
    this.#go();
  }

  /** Goes on with a new chapter as soon as it can. */
  end(why: ChapterEnd): void {
    this.#pending = why;
    this.#go();
  }

  setViewed(isViewed: boolean): void {
    this.#isViewed = isViewed;
    if (this.#chapter) this.#deps.setShown(this.#chapter.sessionId, isViewed);
    this.#deps.onChange();
  }

  /** @returns whether it was one of its sessions */
  async setTracking(sessionId: string, isOn: boolean): Promise<boolean> {
    if (sessionId !== this.#chapter?.sessionId) return false;
    await this.#deps.engine().call('liveTracking', { sessionId, isOn, locked: this.#locked });
    return true;
  }

  onMedia({ sessionId, ...described }: EngineEvents['liveMedia']): void {
    this.#of(sessionId)?.media.describe(described);
  }

  onFrame(event: EngineEvents['liveFrame']): void {
    const chapter = this.#of(event.sessionId);
    if (!chapter) return;
    chapter.onFrame(event);
    const nowMs = this.#deps.now();
    if (event.results.length > 0) this.#resultMs = nowMs;
    if (!event.isNew) return;
    this.#governor.onFrame(event.processingMs ?? 0);
    this.#rate.add(nowMs);
    this.#refusals = 0;
    this.#step('frame');
    if (chapter === this.#incoming) this.#go();
  }

  onReport({ sessionId, state, isOver }: EngineEvents['liveReport']): void {
    const chapter = this.#of(sessionId);
    if (!chapter || chapter.isOver) return;
    const dropped = state.dropped - chapter.state.dropped;
    this.#dropped += Math.max(0, dropped);
    this.#governor.onDropped(Math.max(0, dropped));
    chapter.state = state;
    // While one chapter takes over from another, the one that still shows pictures says how it is.
    const isMain = chapter === this.#chapter || !this.#chapter || this.#chapter.isOver;
    if (isMain) this.faults.onPhase(state.phase, state.problem, this.#deps.wallNow());
    if (state.problem?.code === 'out-of-memory' && !state.isTracking) {
      this.faults.open('out-of-memory', state.problem.message, this.#deps.wallNow());
      this.#deps.onOutOfMemory();
    }
    if (isOver) this.#onOver(chapter);
    if (chapter === this.#chapter) {
      this.#tellEngine(chapter);
      this.#deps.touch(sessionId);
    }
    this.#deps.onChange();
  }

  onFault({ sessionId, code }: EngineEvents['liveFault']): void {
    if (this.#of(sessionId)) this.faults.add(code, `Mended in place (${code}).`, this.#deps.wallNow());
  }

  /** The engine is gone: what it had open ends here, and a new chapter begins when it is back. */
  onEngineLost(): void {
    if (this.#config.isPaused || this.#isEnded) return;
    this.faults.open('engine-lost', 'The engine stopped and is being restarted.', this.#deps.wallNow());
    for (const chapter of [this.#chapter, this.#incoming]) if (chapter) chapter.isOver = true;
    this.#nextTryMs = Number.NEGATIVE_INFINITY;
    this.#go();
  }

  /** No room to record: what there is is closed, and it is tried again later. */
  halt(code: string, message: string): void {
    if (!this.#chapter && !this.#incoming) return;
    this.faults.open(code, message, this.#deps.wallNow());
    this.#nextTryMs = this.#deps.now() + 30_000;
    for (const chapter of [this.#chapter, this.#incoming]) if (chapter) chapter.isOver = true;
    this.#go();
  }

  /** To be called each second or so. */
  tick(): void {
    const nowMs = this.#deps.now();
    if (nowMs - this.#checkedMs >= checkEveryMs) {
      this.#checkedMs = nowMs;
      if (!this.#config.isPaused && !this.#isEnded) this.#step('check');
    }
    const step = this.#config.isAdaptive
      ? this.#governor.decide(targetsOf(this.#config, this.#deps.settings().targets).targetFps, nowMs)
      : null;
    if (step) this.#deps.tell('info', `${this.#config.name}: ${step}`);
    this.#go();
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#work) await this.#work;
  }

  /** Ends it; resolves when its last chapter is whole. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#step('close');
    await this.settled();
    await this.#endAll();
  }

  get state(): StreamState {
    const nowMs = this.#deps.now();
    const chapter = this.#chapter ?? this.#incoming;
    const { last, count, reconnects } = this.faults;
    const { source, name } = this.#config;
    const title = titleOf(source);
    return {
      id: this.id,
      name,
      title: title.length > 200 ? `${title.slice(0, 199)}…` : title,
      phase: this.#phase,
      sessionId: this.sessionId,
      isViewed: this.#isViewed,
      frame: this.#chapter?.state.buffer?.to ?? null,
      objects: this.#chapter?.masks.present ?? 0,
      fps: this.#phase === 'active' ? this.#rate.perSecond(nowMs) : null,
      targetFps: targetsOf(this.#config, this.#deps.settings().targets).targetFps,
      latencyMs: this.#chapter?.state.latencyMs ?? null,
      dropped: this.#dropped,
      faults: count,
      reconnects,
      lastFault: last,
      staleMs: this.#staleMs(nowMs),
      chapter: chapter?.clock.number ?? this.#number,
      chapterMs: chapter ? nowMs - chapter.clock.beganMs : 0,
      recordedBytes: chapter?.state.recordedBytes ?? 0,
      governed: this.#config.isAdaptive ? this.#governor.told : null,
    };
  }

  get #phase(): StreamState['phase'] {
    if (this.#config.isPaused) return 'paused';
    if (this.#isEnded) return 'ended';
    if (this.#refusals > 0 && !this.#chapter) return 'failed';
    const { phase } = this.#life;
    if (phase === 'stale' || phase === 'parked') return phase;
    return this.#chapter ? 'active' : 'starting';
  }

  /** Results are due with every frame that is tracked: after two without one they are of another time. */
  #staleMs(nowMs: number): number | null {
    if (this.#resultMs === null || !this.#chapter || this.#chapter.masks.present === 0) return null;
    const ageMs = nowMs - this.#resultMs;
    return ageMs > 2_000 / targetsOf(this.#config, this.#deps.settings().targets).targetFps + 1_000 ? ageMs : null;
  }

  #of(sessionId: string): StreamChapter | null {
    return [this.#chapter, this.#incoming].find((chapter) => chapter?.sessionId === sessionId) ?? null;
  }

  get #locked(): number[] {
    return this.#chapter?.session?.edits.list.flatMap(({ id, locked }) => (locked ? [id] : [])) ?? [];
  }

  /** Locked objects and the governor's stride are not known to the engine otherwise. */
  #tellEngine({ sessionId }: StreamChapter): void {
    const locked = this.#locked;
    const stride = this.#config.isAdaptive ? this.#governor.stride : 1;
    const told = `${sessionId} ${locked.join()} ${stride}`;
    if (told === this.#told) return;
    this.#told = told;
    try {
      this.#deps
        .engine()
        .call('liveTracking', { sessionId, isOn: null, locked, stride })
        .catch(() => {});
    } catch {
      // The next chapter is told again.
    }
  }

  #onOver(chapter: StreamChapter): void {
    chapter.isOver = true;
    const { problem } = chapter.state;
    if (problem === null && this.#config.source.kind === 'file') this.#isEnded = true;
    else if (problem?.code !== 'source-changed') {
      const { first, longest } = this.#deps.retryMs ?? usualRetryMs;
      this.#nextTryMs = this.#deps.now() + Math.min(longest, first * 2 ** Math.min(20, this.#refusals));
      this.#refusals++;
    }
    this.#go();
  }

  #step(input: 'frame' | 'check' | 'close'): void {
    const { life, turns } = stepStream(this.#life, input, this.#deps.now(), this.#deps.lifeRules ?? this.#deps.settings().life);
    this.#life = life;
    for (const { type, silentMs } of turns) {
      const seconds = Math.round(silentMs / 1000);
      const { name } = this.#config;
      if (type === 'stale') this.#deps.tell('info', `${name} has sent no frame for ${seconds} s.`);
      if (type === 'parked') {
        this.#deps.tell('info', `${name} is parked after ${seconds} s without a frame. Its source is tried on.`);
        // One that never had a picture holds nothing to let go of.
        if (this.#chapter) this.#pending = 'parked';
      }
      if (type === 'reactivated') this.#deps.tell('info', `${name} is back after ${seconds} s.`);
      this.#deps.onChange();
    }
  }

  /** Does what is to be done next, one thing after the other. */
  #go(): void {
    if (this.#work || this.#isClosed) return;
    const next = this.#next();
    if (!next) return;
    this.#work = next()
      .catch((error: unknown) => {
        const { code, message } = AppError.from(error);
        this.faults.open(code, message, this.#deps.wallNow());
        this.#nextTryMs = this.#deps.now() + (this.#deps.retryMs ?? usualRetryMs).first;
        for (const chapter of [this.#chapter, this.#incoming]) if (chapter) chapter.isOver = true;
      })
      .then(() => {
        this.#work = null;
        this.#deps.onChange();
        this.#go();
      });
  }

  #next(): (() => Promise<void>) | null {
    const nowMs = this.#deps.now();
    const [chapter, incoming] = [this.#chapter, this.#incoming];
    if (this.#config.isPaused || this.#isEnded) {
      this.#pending = null;
      return chapter || incoming ? () => this.#endAll() : null;
    }
    if (incoming?.isOver) return () => this.#dropIncoming(incoming);
    if (chapter?.isOver && !incoming?.hasFrame) return () => this.#endChapter(chapter);
    if (incoming?.hasFrame) return this.#deps.isReady() ? () => this.#takeOver(incoming) : null;
    if (incoming && chapter && nowMs - incoming.startedMs > mostOverlapMs) return () => this.#endChapter(chapter);
    if (!this.#deps.isReady() || incoming) return null;
    if (!chapter) return nowMs >= this.#nextTryMs ? () => this.#begin() : null;
    if (this.#pending === 'parked' || this.#pending === 'source') return () => this.#endChapter(chapter);
    const isOver = this.#pending !== null || isChapterOver(chapter.clock, nowMs, this.#config.chapterMinutes * 60_000);
    if (!isOver) return null;
    // A camera and a file can't be opened twice; of an address the next chapter begins beside this one.
    return this.#config.source.kind === 'network' ? () => this.#begin() : () => this.#endChapter(chapter);
  }

  async #begin(): Promise<void> {
    this.#pending = null;
    const clock = firstChapter(this.#deps.now(), this.#number++);
    const onDiskError = (message: string): void => this.faults.open('disk-full', message, this.#deps.wallNow());
    const chapter = new StreamChapter(this.#deps, this.#config, this.folders, clock, onDiskError);
    this.#incoming = chapter;
    await chapter.start();
  }

  async #takeOver(incoming: StreamChapter): Promise<void> {
    const former = this.#chapter;
    if (former) this.#remember(former);
    this.#incoming = null;
    this.#chapter = incoming;
    await incoming.open(this.#tracks, this.#nextId, former?.session ?? null);
    if (this.#isViewed) this.#deps.setShown(incoming.sessionId, true);
    await former?.close(true);
  }

  async #endChapter(chapter: StreamChapter): Promise<void> {
    if (this.#pending === 'parked' || this.#pending === 'source') this.#pending = null;
    this.#remember(chapter);
    this.#chapter = null;
    this.#rate.clear();
    await chapter.close(false);
  }

  async #dropIncoming(incoming: StreamChapter): Promise<void> {
    this.#incoming = null;
    await incoming.close(false);
  }

  async #endAll(): Promise<void> {
    if (this.#incoming) await this.#dropIncoming(this.#incoming);
    if (this.#chapter) await this.#endChapter(this.#chapter);
  }

  #remember(chapter: StreamChapter): void {
    const { tracks, nextId } = chapter.tracks;
    this.#tracks = tracks;
    this.#nextId = Math.max(this.#nextId, nextId);
    this.folders.saveTracks(tracks);
  }
}
