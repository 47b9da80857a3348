/**
 * One chapter of a stream: its folder, its connection in the engine, and, from its first frame on, its session. It is
 * begun without a session, so that the chapter before goes on until this one has a picture.
 */
import { randomUUID } from 'node:crypto';
import type { LiveState } from '../../../shared/live.ts';
import { type StreamConfig, streamProfiles } from '../../../shared/streams.ts';
import { titleOf } from '../../common/live-source.ts';
import type { EngineInput, LiveFrameEvent } from '../../engine/api/protocol.ts';
import type { SessionService } from '../session/session-service.ts';
import type { ChapterClock } from './chapter-clock.ts';
import type { ChapterFolders } from './chapter-folders.ts';
import { type HandedTrack, handedWork, handOver, LastMasks, maskAtSize } from './hand-over.ts';
import { connecting } from './live-entry.ts';
import { LiveMedia } from './live-media.ts';
import { LiveWork } from './live-work.ts';
import type { StreamDeps, StreamTargets } from './stream-deps.ts';

/** Catching up with a prompt takes no longer than this from new pictures. */
const mostCatchUpMs = 1_000;
/** A stream is never given up. */
const withoutEnd = Number.MAX_SAFE_INTEGER;

/** @param usual what the settings say, for streams of the balanced profile */
export const targetsOf = ({ profile, targetFps, analysisHeight }: StreamConfig, usual: StreamTargets): StreamTargets => {
  const targets = profile === 'balanced' ? usual : streamProfiles[profile];
  return { targetFps: targetFps ?? targets.targetFps, analysisHeight: analysisHeight ?? targets.analysisHeight };
};

export class StreamChapter {
  readonly sessionId = randomUUID();
  readonly clock: ChapterClock;
  readonly media = new LiveMedia();
  readonly masks = new LastMasks();
  readonly startedMs: number;
  session: SessionService | null = null;
  state: LiveState;
  /** No connection comes any more. */
  isOver = false;
  /** Its first frame has come, as far as the engine says. */
  hasFrame = false;
  readonly #folderId: string;
  readonly #deps: StreamDeps;
  readonly #config: StreamConfig;
  readonly #folders: ChapterFolders;
  #work: LiveWork | null;
  #handed: readonly HandedTrack[] = [];
  #isStopped = false;

  constructor(
    deps: StreamDeps,
    config: StreamConfig,
    folders: ChapterFolders,
    clock: ChapterClock,
    onDiskError: (message: string) => void,
  ) {
    this.#deps = deps;
    this.#config = config;
    this.#folders = folders;
    this.clock = clock;
    this.startedMs = deps.now();
    this.state = connecting(titleOf(config.source));
    this.#folderId = folders.begin(clock.number, deps.wallNow());
    this.#work = new LiveWork(folders.pathOf(this.#folderId), (error) => {
      if (error) onDiskError(error.message);
    });
  }

  /** Begins to connect. */
  async start(): Promise<void> {
    const { engine, settings, rules = {} } = this.#deps;
    const { bufferBytes, bufferFrames, memory, display, tracker, targets } = settings();
    const { source, enhance } = this.#config;
    const stream: EngineInput<'liveStart'>['stream'] = {
      tracker,
      ...targetsOf(this.#config, targets),
      enhance,
      bufferFrames,
      mostCatchUpMs,
    };
    const folder = this.#folders.pathOf(this.#folderId);
    await engine().call('liveStart', {
      ...{ sessionId: this.sessionId, source, folder, bufferBytes, tries: withoutEnd, memory, display, rules, stream },
      picture: null,
    });
  }

  /** Makes its session, with the objects of the chapter before, and prompts them on the newest frame. */
  async open(tracks: readonly HandedTrack[], nextId: number, takesOver: SessionService | null): Promise<void> {
    const work = this.#work!;
    this.#handed = tracks;
    const kept = handedWork(tracks, nextId);
    work.save(kept, null);
    const session = await this.#deps.openSession(
      this.sessionId,
      titleOf(this.#config.source),
      this.media,
      { store: work.store, kept, history: work.history, save: (...change) => work.save(...change) },
      // A fresh engine begins a new chapter, so this one is never gone on with.
      { view: () => this.state, resume: async () => {}, resumed: async () => {} },
      takesOver,
    );
    this.session = session;
    if (tracks.length === 0) await this.#promptFirst(session);
    const { width, height } = this.media;
    for (const { id, mask, locked } of tracks)
      if (mask && !locked) await this.#onNewest((frame) => session.edits.setMask(id, frame, maskAtSize(mask, width, height)));
  }

  /** What the next chapter is given. */
  get tracks(): { tracks: HandedTrack[]; nextId: number } {
    if (!this.session) return { tracks: [...this.#handed], nextId: 1 };
    return { tracks: handOver(this.session.edits.list, this.masks, this.#handed), nextId: this.session.edits.work.nextId };
  }

  onFrame(event: LiveFrameEvent): void {
    if (event.isNew) {
      this.hasFrame = true;
      this.media.add(event.frame, event.timeMs);
    }
    this.masks.put(event.frame, event.results, this.media);
    this.session?.onLiveFrame(event);
  }

  /** Ends its connection; its files are whole then. An engine that is gone has ended it already. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    try {
      await this.#deps.engine().call('liveStop', { sessionId: this.sessionId });
    } catch {
      // What a lost engine wrote is there, and the join reads it as far as it goes.
    }
  }

  /**
   * Closes its folder; one without a picture leaves none.
   * @param keepsSession it has gone over to the next chapter already
   */
  async close(keepsSession: boolean): Promise<void> {
    await this.stop();
    const objects = this.session?.edits.list.length ?? 0;
    if (this.session && !keepsSession) await this.#deps.closeSession(this.sessionId);
    this.#work?.close();
    this.#work = null;
    if (this.media.count === 0) this.#folders.remove(this.#folderId);
    else this.#folders.end(this.#folderId, this.#deps.wallNow(), objects);
  }

  /** The objects of the configuration, for a stream that has none yet. */
  async #promptFirst(session: SessionService): Promise<void> {
    for (const { name, points, box } of this.#config.objects) {
      const id = session.edits.addObject(name);
      await this.#onNewest((frame) => session.edits.setPoints(id, frame, points, box));
    }
  }

  /** Frames leave the ring while others are prompted: the newest is always there. */
  async #onNewest(prompt: (frame: number) => Promise<void>): Promise<void> {
    try {
      await prompt(this.media.count - 1);
    } catch (error) {
      this.#deps.tell('warning', `An object of ${this.#config.name} could not be tracked on: ${(error as Error).message}`);
    }
  }
}
