/**
 * Small pictures of frames, fetched one at a time when nothing else needs the decoder, and kept within bounds. The
 * newest wish is served first: it is what the user looks at.
 */
import type { FrameMessage } from '../../shared/wire.ts';
import type { Client } from '../transport/client.ts';
import { Listeners, type Unsubscribe } from '../transport/transport.ts';

/** Requests from here on are for thumbnails; the player's are below. */
export const firstThumbnailRequest = 0x8000_0000;

/** At most 192 px wide, so that the engine reads them apart from the viewer's pictures. */
const thumbnailSize = { width: 160, height: 96 };

const mostKept = 240;
const mostWaiting = 48;
const mostStandIns = 5000;

/** A frame, or any other before `until`. */
interface Wish {
  frame: number;
  until: number;
}

const isSame = (a: Wish, b: Wish): boolean => a.frame === b.frame && a.until === b.until;

export class Thumbnails<Picture> {
  readonly #client: Client;
  readonly #isIdle: () => boolean;
  readonly #toPicture: (message: FrameMessage) => Picture;
  #sessionId: string | null = null;
  /** By session and frame, in order of use. */
  readonly #kept = new Map<string, Picture>();
  /** The frame whose picture stands for a wish that left the choice. */
  readonly #standIns = new Map<string, number>();
  readonly #arrivals = new Listeners<number>();
  #waiting: Wish[] = [];
  #nextId = firstThumbnailRequest;
  #fetching: (Wish & { id: number }) | null = null;

  /** @param isIdle whether the decoder may be used now @param toPicture what is kept of a message */
  constructor(client: Client, isIdle: () => boolean, toPicture: (message: FrameMessage) => Picture) {
    this.#client = client;
    this.#isIdle = isIdle;
    this.#toPicture = toPicture;
    client.onFrame((message) => this.#onFrame(message));
  }

  /**
   * The picture of a frame if it is there; otherwise it is asked for.
   * @param until any frame before this one will do as well, so that the clip's key frames can stand for many
   */
  get(frame: number, until: number = frame + 1): Picture | null {
    const wish = { frame, until };
    const key = this.#keyOf(this.#standIns.get(this.#wishKeyOf(wish)) ?? frame);
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    if (this.#fetching === null || !isSame(this.#fetching, wish)) {
      this.#waiting = [...this.#waiting.filter((other) => !isSame(other, wish)), wish].slice(-mostWaiting);
      this.pump();
    }
    return null;
  }

  /** Frames that are no longer looked at are not fetched. */
  forget(): void {
    this.#waiting = [];
  }

  /** From now on pictures are of this session; those of the others are kept while there is room. */
  open(sessionId: string | null): void {
    this.#sessionId = sessionId;
    this.#waiting = [];
    this.#fetching = null;
  }

  onArrival(listener: (frame: number) => void): Unsubscribe {
    return this.#arrivals.add(listener);
  }

  /** Goes on fetching; called when the decoder may have become free. */
  pump(): void {
    const sessionId = this.#sessionId;
    if (this.#fetching || sessionId === null || !this.#isIdle()) return;
    const wish = this.#waiting.pop();
    if (wish === undefined) return;
    const request = { id: this.#nextId++, ...wish };
    this.#fetching = request;
    const { width: maxWidth, height: maxHeight } = thumbnailSize;
    const done = (): void => {
      if (this.#fetching === request) this.#fetching = null;
      this.pump();
    };
    // A thumbnail that could not be had is left out; the viewer tells of a clip that can't be read.
    this.#client.call('frame.get', { sessionId, requestId: request.id, ...wish, maxWidth, maxHeight }).then(done, done);
  }

  #keyOf(frame: number): string {
    return `${this.#sessionId}:${frame}`;
  }

  #wishKeyOf({ frame, until }: Wish): string {
    return `${this.#sessionId}:${frame}:${until}`;
  }

  #onFrame(message: FrameMessage): void {
    if (message.requestId !== this.#fetching?.id || message.sessionId !== this.#sessionId || message.width === 0) return;
    if (message.frame !== this.#fetching.frame) {
      if (this.#standIns.size >= mostStandIns) this.#standIns.clear();
      this.#standIns.set(this.#wishKeyOf(this.#fetching), message.frame);
    }
    this.#kept.set(this.#keyOf(message.frame), this.#toPicture(message));
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    this.#arrivals.emit(message.frame);
  }
}
