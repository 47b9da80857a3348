/**
 * A live source in the engine: its connections one after the other, its recording, the ring of its last pictures, and
 * the objects that are followed on it. It answers for frames as a clip does, as far as the ring goes.
 */
import { mkdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Deinterlace } from '../../../shared/footage.ts';
import type { PlayedSource } from '../../../shared/live.ts';
import { titleOf } from '../../common/live-source.ts';
import { throttle } from '../../common/throttle.ts';
import type { EnginePlanes, EnginePrompt, LiveFrameEvent, LiveReport } from '../api/protocol.ts';
import { type LiveTime, readTimes, segmentName } from '../api/recording.ts';
import { toEngineResult, toMemoryReport } from '../pipeline/results.ts';
import type { ObjectFrameResult } from '../tracking/tracker-core.ts';
import { FrameQueue } from './frame-queue.ts';
import { FrameRing, type LiveFrame } from './frame-ring.ts';
import type { LifecycleRules } from './lifecycle.ts';
import { LifecycleDriver } from './lifecycle-driver.ts';
import { LiveConnection } from './live-connection.ts';
import type { DecodedPicture, LivePicture, StreamProcessing } from './live-decoder.ts';
import type { LiveView } from './live-finder.ts';
import { type FollowerHost, LiveFollower } from './live-follower.ts';
import { isFinal } from './live-input.ts';
import { LiveRates } from './live-rates.ts';
import { recordedModelFrame } from './recorded-frame.ts';
import { shrinkPlanes } from './shrink-planes.ts';
import { TimesLog } from './times-log.ts';

export interface LiveSessionOptions {
  source: PlayedSource;
  /** Of the recording: segments and the log of times. What an engine before this one left there is gone on with. */
  folder: string;
  /** Bytes of the ring. */
  bufferBytes: number;
  /** Of a stream that runs by itself; null: a person looks at it. */
  stream?: (StreamProcessing & { bufferFrames: number; mostCatchUpMs: number }) | null | undefined;
  /** Pictures are at most this large. */
  display: { width: number; height: number };
  modelSize: number;
  /** Size of the picture in a recording that is gone on with. */
  known: { width: number; height: number } | null;
  ffmpeg: string;
  deinterlace?: Deinterlace | undefined;
  rules: LifecycleRules;
  cameraArgs?: ((deviceId: string) => string[]) | undefined;
  startPropagation: FollowerHost<unknown>['startPropagation'];
  track: FollowerHost<unknown>['track'];
  /** What its picture is, before the first one; resolves when the tracker knows. */
  onDescribed: (picture: LivePicture) => Promise<void>;
  /** Resolves when it has left. */
  onFrame: (event: Omit<LiveFrameEvent, 'sessionId'>) => Promise<void>;
  onReport: (report: LiveReport) => void;
}

/** Sees the new pictures of a source. */
export interface LiveWatcher {
  see(view: LiveView): void;
  /** The source has ended. */
  ended(): void;
}

/** A picture on its way to the follower. */
interface Arrived extends DecodedPicture {
  segment: number;
  wallMs: number;
  /** By the clock of this process. */
  arrivedMs: number;
}

/** Pictures that wait for the tracker. */
const queued = 3;
/** Pictures are for eyes: more than this many a second are not sent. */
const picturesPerSecond = 30;
const reportEveryMs = 200;

export class LiveSession {
  readonly title: string;
  readonly #options: LiveSessionOptions;
  readonly #queue = new FrameQueue<Arrived>(queued);
  readonly #ring: FrameRing;
  readonly #follower: LiveFollower<Arrived>;
  #frameCount = 0;
  /** When the first picture came, ms since 1970. */
  #firstWallMs: number | null = null;
  readonly #log: TimesLog;
  readonly #rates = new LiveRates();
  readonly #lifecycle: LifecycleDriver;
  readonly #following: Promise<void>;
  #picture: (LivePicture & { display: { width: number; height: number } }) | null = null;
  #connection: LiveConnection | null = null;
  #disconnected: Promise<unknown> = Promise.resolve();
  #segment: number;
  #described: Promise<void> = Promise.resolve();
  #bytes = 0;
  #problem: AppError | null = null;
  #isFirst = true;
  #locked: readonly number[] = [];
  /** A little more often than that, so that a source of exactly so many loses none to jitter. */
  readonly #isPictureDue = throttle(1000 / (picturesPerSecond * 1.1));
  /** ms of this segment's time stamps before the session's time. */
  #offset: { segment: number; ms: number } | null = null;
  #lastTimeMs = -1;
  readonly #reporting: NodeJS.Timeout;
  #closing: Promise<void> | null = null;
  #watcher: LiveWatcher | null = null;

  constructor(options: LiveSessionOptions) {
    this.#options = options;
    this.title = titleOf(options.source);
    mkdirSync(options.folder, { recursive: true });
    this.#segment = nextSegment(options.folder);
    for (let i = 0; i < this.#segment; i++) this.#bytes += bytesOf(join(options.folder, segmentName(i)));
    this.#log = new TimesLog(options.folder);
    // A source that sends its first pictures in a burst is ahead of the clock: what comes now must not lie before what
    // came then.
    for (const time of readTimes(options.folder)) this.#place(time);
    this.#ring = new FrameRing(options.bufferBytes, options.stream?.bufferFrames);
    this.#follower = new LiveFollower({
      queue: this.#queue,
      ring: this.#ring,
      mostCatchUpMs: options.stream?.mostCatchUpMs,
      take: (picture) => this.#take(picture),
      startPropagation: options.startPropagation,
      track: options.track,
      onFrame: (frame, picture, answer) => this.#send(frame, picture, answer),
      onFailed: (error) => {
        this.#problem = error;
        this.#report();
      },
    });
    this.#following = this.#follower.run();
    this.#lifecycle = new LifecycleDriver(options.rules, {
      connect: () => this.#connect(),
      disconnect: () => void this.#disconnect(),
      finish: () => this.#report(),
      changed: () => this.#report(),
    });
    this.#reporting = setInterval(() => this.#report(), reportEveryMs);
    this.#lifecycle.send({ type: 'start' });
  }

  /** Frames so far; those of an engine before this one included. */
  get frameCount(): number {
    return this.#frameCount;
  }

  /** Whether it is known what its picture is. */
  get isDescribed(): boolean {
    return this.#picture !== null || this.#options.known !== null;
  }

  /** Size of the source in px. @throws AppError `busy` before the first picture */
  get media(): { width: number; height: number } {
    const size = this.#picture ?? this.#options.known;
    if (!size) throw new AppError('busy', 'No video received yet.');
    return { width: size.width, height: size.height };
  }

  /**
   * @param isOn null = as it is
   * @param locked objects that are not followed
   * @param stride of each so many pictures one is tracked
   */
  setTracking(isOn: boolean | null, locked: readonly number[], stride?: number): void {
    if (isOn !== null) this.#isFirst = false;
    if (isOn) this.#problem = null;
    this.#locked = locked;
    this.#follower.set(isOn ?? this.#follower.isOn, locked, stride);
    this.#report();
  }

  /** Another model takes over, which knows nothing of the objects. */
  forgetObjects(): void {
    this.#isFirst = true;
    this.#follower.reset();
    this.#report();
  }

  /** Somebody, one at a time, sees every new picture from now on, with the masks on it, and is told of the end. */
  watch(watcher: LiveWatcher | null): void {
    this.#watcher = watcher;
  }

  /** What the host did to prompts, after the tracker was told. */
  onPrompt({ kind, objectId, frame }: EnginePrompt): void {
    // Nobody said anything of it yet: the first prompt says it.
    if (kind === 'set' && this.#isFirst) this.setTracking(true, this.#locked);
    if (kind === 'set') this.#follower.prompted(objectId, frame);
    else if (kind === 'removed') this.#follower.removed(objectId);
    else this.#follower.changed();
  }

  /** The model's view of a frame, [S, S, 3]: from the ring, or from the recording, for what is undone or replayed. */
  async modelFrame(frame: number, size: number): Promise<Uint8Array> {
    const { ffmpeg, folder, deinterlace } = this.#options;
    const held = this.#ring.modelFrame(frame);
    // Times are read from the log when one is needed, which is seldom: in memory they would grow with the recording.
    const time = held ? null : readTimes(folder)[frame];
    if (!held && !time) throw this.#outOfRange(frame);
    const image = held ?? (await recordedModelFrame(ffmpeg, join(folder, segmentName(time!.segment)), time!.ptsMs, size, deinterlace));
    this.#ring.pin(frame, image);
    // What leaves here may be transferred.
    return image.slice();
  }

  /** @param until for thumbnails: any frame before it will do as well. @throws AppError `frame-out-of-range` */
  readFrame(frame: number, until: number | null, maxWidth: number, maxHeight: number): EnginePlanes & { frame: number } {
    const { range } = this.#ring;
    const at = until !== null && range && frame < range.from && until > range.from ? range.from : frame;
    const held = this.#ring.get(at);
    if (!held || !this.#picture) throw this.#outOfRange(frame);
    return { ...shrinkPlanes({ ...this.#picture.display, planes: held.display }, maxWidth, maxHeight), frame: at };
  }

  /** A piece of a recording that a window makes. */
  async append(data: Buffer): Promise<void> {
    if (this.#options.source.kind !== 'window' || !this.#connection)
      throw new AppError('bad-request', 'This live source takes no recording.');
    await this.#connection.push(data);
  }

  /** Ends it; resolves when its files are whole and nothing is under way. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#watcher?.ended();
    this.#watcher = null;
    this.#lifecycle.send({ type: 'stop' });
    this.#lifecycle.close();
    await this.#disconnect();
    clearInterval(this.#reporting);
    this.#follower.close();
    await this.#following;
    this.#log.close();
    this.#ring.clear();
  }

  #connect(): void {
    const { source, folder, ffmpeg, display, modelSize, cameraArgs, deinterlace, stream } = this.#options;
    const segment = this.#segment++;
    this.#connection = new LiveConnection({
      ...{ source, ffmpeg, display, modelSize, cameraArgs, deinterlace, processing: stream },
      path: join(folder, segmentName(segment)),
      onBytes: (count) => {
        this.#bytes += count;
      },
      onDescribed: (picture, size) => this.#onDescribed(picture, size),
      onPicture: (picture) => this.#onPicture(picture, segment),
      onEnd: (error) =>
        this.#lifecycle.send(error === null ? { type: 'ended' } : { type: 'broken', problem: error.serialize(), isFinal: isFinal(error) }),
    });
  }

  /** Resolves when every connection there was has ended. */
  #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    if (connection) this.#disconnected = Promise.all([this.#disconnected, connection.close()]);
    return this.#disconnected.then(() => {});
  }

  #onDescribed(picture: LivePicture, display: { width: number; height: number }): void {
    const former = this.#picture;
    if (former && (former.width !== picture.width || former.height !== picture.height || former.codec !== picture.codec)) {
      const error = new AppError(
        'source-changed',
        `${this.title} came back with a different picture (${picture.codec}, ${picture.width} x ${picture.height} px). The recording so far is kept. Start it again for the new picture.`,
      );
      this.#lifecycle.send({ type: 'broken', problem: error.serialize(), isFinal: true });
      return;
    }
    if (former) return;
    this.#picture = { ...picture, display };
    this.#described = this.#options.onDescribed(picture);
    this.#described.catch((error: unknown) => {
      this.#lifecycle.send({ type: 'broken', problem: AppError.from(error).serialize(), isFinal: true });
    });
  }

  #onPicture(picture: DecodedPicture, segment: number): void {
    this.#rates.came();
    // One that an ended connection still had says nothing of the next.
    if (this.#connection && segment === this.#segment - 1) this.#lifecycle.send({ type: 'picture' });
    void this.#described.then(
      () => this.#queue.put({ ...picture, segment, wallMs: Date.now(), arrivedMs: performance.now() }),
      () => {},
    );
  }

  #take({ segment, ptsMs, wallMs, display, model }: Arrived): LiveFrame {
    const frame = this.#frameCount;
    const time = { segment, ptsMs, wallMs };
    this.#log.add(frame, time);
    const held = { frame, timeMs: this.#place(time), display, model };
    this.#ring.push(held);
    return held;
  }

  /**
   * Counts the next picture.
   * @returns ms since the first one: by the time stamps within a connection, by the clock from one to the next
   */
  #place({ segment, ptsMs, wallMs }: LiveTime): number {
    this.#frameCount++;
    this.#firstWallMs ??= wallMs;
    if (this.#offset?.segment !== segment) this.#offset = { segment, ms: wallMs - this.#firstWallMs - ptsMs };
    this.#lastTimeMs = Math.max(this.#lastTimeMs + 1, ptsMs + this.#offset.ms);
    return this.#lastTimeMs;
  }

  async #send(
    frame: LiveFrame,
    picture: Arrived | null,
    answer: Awaited<ReturnType<FollowerHost<Arrived>['track']>> | null,
  ): Promise<void> {
    const isShown = picture !== null && this.#isPictureDue();
    const results = answer?.results ?? [];
    if (picture) this.#show(frame, results);
    const { media, display } = { media: this.media, display: this.#picture!.display };
    const encoded = results.map((result) => toEngineResult(result, media));
    if (picture) this.#rates.shown(performance.now() - picture.arrivedMs);
    await this.#options.onFrame({
      frame: frame.frame,
      timeMs: frame.timeMs,
      isNew: picture !== null,
      picture: isShown ? { ...display, planes: frame.display } : null,
      results: encoded,
      memory: toMemoryReport(frame.frame, results, media),
      processingMs: answer?.workerMs ?? null,
    });
  }

  #show({ frame, timeMs, model }: LiveFrame, results: readonly ObjectFrameResult[]): void {
    this.#watcher?.see({
      ...{ frame, timeMs, image: model, sourceFps: this.#rates.view().sourceFps },
      others: results.map(({ logits }) => Uint8Array.from(logits, (logit) => (logit > 0 ? 1 : 0))),
    });
  }

  #report(): void {
    const { phase, attempt, retryAtMs, problem } = this.#lifecycle.state;
    const { sourceFps, shownFps, latencyMs } = this.#rates.view();
    this.#options.onReport({
      state: {
        phase,
        title: this.title,
        attempt,
        retryInMs: retryAtMs === null ? null : Math.max(0, retryAtMs - performance.now()),
        problem: problem ?? this.#problem?.serialize() ?? null,
        buffer: this.#ring.range,
        isTracking: this.#follower.isOn,
        dropped: this.#queue.dropped,
        sourceFps,
        shownFps,
        latencyMs,
        recordedMs: Math.max(0, this.#lastTimeMs),
        recordedBytes: this.#bytes,
      },
      isOver: this.#lifecycle.isOver,
    });
  }

  #outOfRange(frame: number): AppError {
    const { range } = this.#ring;
    const held = range ? `frames ${range.from} to ${range.to} are` : 'nothing is';
    return new AppError(
      'frame-out-of-range',
      `Frame ${frame} is no longer in the live buffer (${held}). It is in the recording, which opens when you stop the live source.`,
      { details: { frame, ...range } },
    );
  }
}

const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** The first number that no file has; files without a byte are none. */
const nextSegment = (folder: string): number => {
  let segment = 0;
  for (;;) {
    const path = join(folder, segmentName(segment));
    const found = statSync(path, { throwIfNoEntry: false });
    if (found && found.size === 0) unlinkSync(path);
    if (!found?.size) return segment;
    segment++;
  }
};
