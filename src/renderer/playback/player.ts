/**
 * Brings pictures to the screen: says which frame is wanted (the newest wish wins), plays,
 * and follows frames pushed while tracking. Pictures go to `onPicture` listeners, never into the store.
 */
import type { Media } from '../../shared/contract/state.ts';
import type { FrameMessage } from '../../shared/wire.ts';
import { type AppStore, reportError } from '../state/app-store.ts';
import { liveOf, runningOperation } from '../state/window-state.ts';
import type { Client } from '../transport/client.ts';
import { Listeners } from '../transport/transport.ts';
import { FrameRequests, type PictureWish } from './frame-requests.ts';
import type { FrameTimes } from './frame-times.ts';
import { isCoarser, pictureBounds, pictureShare } from './picture-size.ts';
import { PlaybackClock } from './playback-clock.ts';
import { PlayingQuality } from './playing-quality.ts';
import { Shuttle, shuttleRate } from './shuttle.ts';

/** Pictures fetched ahead of their time. */
const mostAhead = 3;

/** What the player needs of the world, for tests. */
export interface PlayerTime {
  now(): number;
  requestTick(callback: () => void): number;
  cancelTick(handle: number): void;
}

const browserTime: PlayerTime = {
  now: () => performance.now(),
  requestTick: (callback) => requestAnimationFrame(callback),
  cancelTick: (handle) => cancelAnimationFrame(handle),
};

export class Player {
  readonly pictures = new Listeners<FrameMessage>();
  /** Overlays alone, for the frame on screen. */
  readonly overlays = new Listeners<FrameMessage>();
  /** Where the user went, also when that is where they were. */
  readonly seeks = new Listeners<number>();
  readonly #store: AppStore;
  readonly #times: FrameTimes;
  readonly #time: PlayerTime;
  readonly #requests: FrameRequests;
  #wanted: number | null = null;
  #ahead: FrameMessage[] = [];
  #clock: PlaybackClock | null = null;
  #shuttle: Shuttle | null = null;
  #tick = 0;
  #shown: FrameMessage | null = null;
  /** The last pictures of sessions that are not on screen, by id. */
  readonly #left = new Map<string, FrameMessage>();
  /** Device pixels per source pixel. */
  #detail = 1;
  readonly #quality = new PlayingQuality();

  constructor(client: Client, store: AppStore, times: FrameTimes, time: PlayerTime = browserTime) {
    this.#times = times;
    this.#store = store;
    this.#time = time;
    this.#requests = new FrameRequests(client, {
      next: () => this.#nextPicture(),
      onFailed: (error) => {
        if (this.#clock) this.pause();
        if (store.getState().link === 'open') reportError(store, error);
      },
    });
    client.onFrame((message) => this.#onFrame(message));
    store.subscribe((state, previous) => {
      if (state.activeId !== previous.activeId) this.#onSession(previous.activeId);
      // The state of a session that was not looked at before comes after it was chosen.
      else if (state.session && !previous.session) this.#fetchFirst();
      else if (state.link === 'open' && previous.link !== 'open') this.refresh();
    });
  }

  /** The picture on screen, for a viewer that comes later. */
  get shown(): FrameMessage | null {
    return this.#shown;
  }

  seek(frame: number): void {
    const media = this.#media;
    if (!media) return;
    const held = this.#held;
    if (!held) return;
    const target = Math.min(held.to, Math.max(held.from, Math.round(frame)));
    this.#stopClock();
    this.#store.setState({ playhead: target, isPlaying: false, isFollowing: false });
    this.seeks.emit(target);
    this.#want(target);
  }

  step(frames: number): void {
    this.seek(this.#store.getState().playhead + frames);
  }

  stepSeconds(seconds: number): void {
    const { playhead } = this.#store.getState();
    const target = this.#times.nearest(this.#times.timeOf(playhead) + seconds * 1000);
    // At less than a frame a second it is still a step.
    this.seek(target === playhead ? playhead + Math.sign(seconds) : target);
  }

  /** Of a live source: holds the picture, or goes on with the newest. */
  toggle(): void {
    if (this.#isLive) {
      if (this.#store.getState().isFollowing) this.hold();
      else this.follow();
    } else if (this.#store.getState().isPlaying) this.pause();
    else this.play();
  }

  play(): void {
    const media = this.#media;
    if (!media) return;
    if (this.#isLive) {
      this.follow();
      return;
    }
    const { playhead } = this.#store.getState();
    const start = playhead >= media.frameCount - 1 ? 0 : playhead;
    this.#stopClock(this.#startShare());
    this.#requests.drop();
    this.#wanted = null;
    this.#clock = new PlaybackClock(this.#times);
    const startMs = this.#shown?.frame === start ? this.#shown.timeMs : this.#times.timeOf(start);
    // From the end, playing starts over: the first picture is then not on screen yet.
    this.#clock.start(start === playhead ? start : -1, start === playhead ? startMs : -1000 / media.averageFps, this.#time.now());
    this.#store.setState({ isPlaying: true, isFollowing: false, playhead: start, shuttleRate: 1 });
    this.#onTick();
  }

  pause(): void {
    this.#stopClock();
    this.#store.setState({ isPlaying: false });
    this.#want(this.#store.getState().playhead);
  }

  /** Plays forward or backward; asked again it doubles the speed. Pictures come as fast as they can be had. */
  shuttle(direction: 1 | -1): void {
    const media = this.#media;
    if (!media) return;
    if (this.#isLive) {
      if (direction === 1) this.follow();
      else this.stepSeconds(-1);
      return;
    }
    const { isPlaying, shuttleRate: former, playhead } = this.#store.getState();
    const rate = shuttleRate(isPlaying ? former : 0, direction);
    if (rate === 1) {
      this.play();
      return;
    }
    this.#stopClock(this.#startShare());
    this.#shuttle = new Shuttle(this.#times, rate, playhead, this.#time.now());
    this.#store.setState({ isPlaying: true, isFollowing: false, shuttleRate: rate });
    this.#onShuttleTick();
  }

  /** Goes along with tracking, or with a live source, from now on. */
  follow(): void {
    this.#stopClock();
    this.#store.setState({ isPlaying: false, isFollowing: true });
  }

  /** Stays with the picture that is on screen. */
  hold(): void {
    this.#store.setState(({ shownFrame }) => ({ isFollowing: false, playhead: shownFrame }));
  }

  /**
   * Stays with the picture that the user works on: stops playing and following, and gives up the way to a frame whose
   * picture is not there yet. A live picture goes on unless it is held.
   */
  stay(): void {
    const { isPlaying, isFollowing, playhead, shownFrame } = this.#store.getState();
    if (!isPlaying && !isFollowing && playhead === shownFrame) return;
    this.#requests.drop();
    this.seek(shownFrame);
  }

  /** Says how large the picture is drawn, in device pixels per source pixel; a finer one is fetched when needed. */
  setDetail(devicePixelsPerSourcePixel: number): void {
    const before = pictureShare(this.#detail);
    this.#detail = devicePixelsPerSourcePixel;
    if (pictureShare(this.#detail) > before && !this.#clock) this.refresh();
  }

  /** A picture was drawn while playing. @param ms until it was there */
  drawn(ms: number): void {
    if (this.#clock || this.#shuttle) this.#setDrawingShare(this.#quality.drawn(ms));
  }

  /** @param ms that a drawing may take while playing; for tests */
  setDrawBudget(ms: number): void {
    this.#quality.budgetMs = ms;
  }

  /** Fetches the frame on screen again. */
  refresh(): void {
    if (this.#media) this.#want(this.#store.getState().playhead, true);
  }

  get #isLive(): boolean {
    return liveOf(this.#store.getState()) !== null;
  }

  /** The frames there are to see, inclusive; null before the first of a live source. */
  get #held(): { from: number; to: number } | null {
    const media = this.#media;
    const live = liveOf(this.#store.getState());
    return live ? live.buffer : media && { from: 0, to: media.frameCount - 1 };
  }

  get #media(): Media | null {
    return this.#store.getState().session?.media ?? null;
  }

  /** What a picture is asked for in now. */
  #bounds(media: Media): { maxWidth: number; maxHeight: number } {
    return pictureBounds(media, pictureShare(this.#detail * this.#store.getState().drawingShare));
  }

  #startShare(): number {
    return this.#quality.start(this.#store.getState().prefs.playingQuality === 'automatic');
  }

  #setDrawingShare(drawingShare: number): void {
    if (drawingShare !== this.#store.getState().drawingShare) this.#store.setState({ drawingShare });
  }

  #onSession(before: string | null): void {
    this.#stopClock();
    this.#quality.forget();
    this.#requests.drop();
    const { activeId, host } = this.#store.getState();
    if (before !== null && this.#shown) this.#left.set(before, this.#shown);
    for (const id of this.#left.keys()) if (!host?.sessions.some((session) => session.id === id)) this.#left.delete(id);
    this.#shown = (activeId !== null && this.#left.get(activeId)) || null;
    this.#wanted = null;
    if (this.#shown) this.pictures.emit(this.#shown);
    this.#fetchFirst();
  }

  #fetchFirst(): void {
    if (this.#media && !this.#isLive) this.#want(this.#store.getState().playhead, true);
  }

  /** @param drawingShare what is drawn with from now on; in full where nothing plays */
  #stopClock(drawingShare = 1): void {
    this.#setDrawingShare(drawingShare);
    if (this.#clock) this.#requests.drop();
    this.#clock = null;
    this.#shuttle = null;
    this.#ahead = [];
    this.#time.cancelTick(this.#tick);
  }

  #want(frame: number, again = false): void {
    if (!again && this.#shown?.frame === frame && !this.#requests.isBusy && !this.#isCoarse) return;
    this.#wanted = frame;
    this.#requests.pump();
  }

  /** The picture on screen was fetched for a coarser drawing. */
  get #isCoarse(): boolean {
    const media = this.#media;
    return media !== null && !this.#isLive && this.#shown !== null && isCoarser(this.#shown, this.#bounds(media));
  }

  /** The frame that comes next, while playing, else the one that is wanted. */
  #nextPicture(): PictureWish | null {
    let frame = this.#wanted;
    if (this.#clock) frame = this.#ahead.length < mostAhead ? this.#clock.next(this.#time.now()) : null;
    else this.#wanted = null;
    const media = this.#media;
    const held = this.#held;
    // What has left a live source's buffer stays as it is on screen.
    const { activeId: sessionId } = this.#store.getState();
    if (frame === null || sessionId === null || !media || !held || frame < held.from || frame > held.to) return null;
    return { sessionId, frame, ...this.#bounds(media) };
  }

  #onFrame(message: FrameMessage): void {
    if (message.sessionId !== this.#store.getState().activeId) return;
    if (message.requestId === 0) {
      this.#onPushed(message);
      return;
    }
    if (!this.#requests.isAnswer(message.requestId)) return;
    if (this.#clock) {
      this.#clock.arrived(message.frame, message.timeMs, this.#time.now());
      this.#ahead.push(message);
    } else {
      this.#show(message);
    }
  }

  #onPushed(message: FrameMessage): void {
    const state = this.#store.getState();
    if (message.width > 0 && state.isFollowing && (liveOf(state) || runningOperation(state, 'track'))) {
      this.#store.setState({ playhead: message.frame });
      this.#show(message);
    } else if (message.frame === this.#shown?.frame) {
      this.#shown = { ...this.#shown, overlays: message.overlays };
      this.overlays.emit(message);
    }
  }

  #show(message: FrameMessage): void {
    this.#shown = message;
    this.#store.setState({ shownFrame: message.frame });
    this.pictures.emit(message);
  }

  readonly #onShuttleTick = (): void => {
    const media = this.#media;
    if (!this.#shuttle || !media) return;
    const { frame, isOver } = this.#shuttle.at(this.#time.now(), media.frameCount);
    if (frame !== this.#store.getState().playhead) {
      this.#store.setState({ playhead: frame });
      this.#want(frame);
    }
    if (isOver) this.pause();
    else this.#tick = this.#time.requestTick(this.#onShuttleTick);
  };

  readonly #onTick = (): void => {
    const clock = this.#clock;
    if (!clock) return;
    const now = this.#time.now();
    let due: FrameMessage | null = null;
    while (this.#ahead[0] && clock.isDue(this.#ahead[0].timeMs, now)) due = this.#ahead.shift()!;
    if (due) {
      this.#store.setState({ playhead: due.frame });
      this.#show(due);
    }
    this.#requests.pump();
    if (clock.next(now) === null && this.#ahead.length === 0 && !this.#requests.isBusy) {
      this.pause();
      return;
    }
    this.#tick = this.#time.requestTick(this.#onTick);
  };
}
