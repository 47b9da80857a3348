/**
 * Small pictures of frames, fetched one at a time when nothing else needs the decoder, and kept within bounds. The newest wish is
 * served first: it is what the user looks at.
 */
import type { FrameMessage } from '../../shared/wire.ts';
import type { Client } from '../transport/client.ts';
import { Listeners, type Unsubscribe } from '../transport/transport.ts';

/** Requests from here on are for thumbnails; the player's are below. */
export const firstThumbnailRequest = 0x8000_0000;

/** At most 192 px wide, so that the engine reads them apart from the viewer's pictures. */
export const thumbnailSize = { width: 160, height: 96 };

const mostKept = 240;
const mostWaiting = 48;

export class Thumbnails<Picture> {
  readonly #client: Client;
  readonly #isIdle: () => boolean;
  readonly #toPicture: (message: FrameMessage) => Picture;
  /** In order of use. */
  readonly #kept = new Map<number, Picture>();
  readonly #arrivals = new Listeners<number>();
  #waiting: number[] = [];
  #nextId = firstThumbnailRequest;
  #fetching: { id: number; frame: number } | null = null;

  /** @param isIdle whether the decoder may be used now @param toPicture what is kept of a message */
  constructor(client: Client, isIdle: () => boolean, toPicture: (message: FrameMessage) => Picture) {
    this.#client = client;
    this.#isIdle = isIdle;
    this.#toPicture = toPicture;
    client.onFrame((message) => this.#onFrame(message));
  }

  /** The picture of a frame if it is there; otherwise it is asked for. */
  get(frame: number): Picture | null {
    const kept = this.#kept.get(frame);
    if (kept !== undefined) {
      this.#kept.delete(frame);
      this.#kept.set(frame, kept);
      return kept;
    }
    if (this.#fetching?.frame !== frame) {
      this.#waiting = [...this.#waiting.filter((other) => other !== frame), frame].slice(-mostWaiting);
      this.pump();
    }
    return null;
  }

  /** Frames that are no longer looked at are not fetched. */
  forget(): void {
    this.#waiting = [];
  }

  /** Another clip: nothing of the former is kept. */
  clear(): void {
    this.#waiting = [];
    this.#kept.clear();
    this.#fetching = null;
  }

  onArrival(listener: (frame: number) => void): Unsubscribe {
    return this.#arrivals.add(listener);
  }

  /** Goes on fetching; called when the decoder may have become free. */
  pump(): void {
    if (this.#fetching || !this.#isIdle()) return;
    const frame = this.#waiting.pop();
    if (frame === undefined) return;
    const request = { id: this.#nextId++, frame };
    this.#fetching = request;
    const { width: maxWidth, height: maxHeight } = thumbnailSize;
    const done = (): void => {
      if (this.#fetching === request) this.#fetching = null;
      this.pump();
    };
    // A thumbnail that could not be had is left out; the viewer tells of a clip that can't be read.
    this.#client.call('frame.get', { requestId: request.id, frame, maxWidth, maxHeight }).then(done, done);
  }

  #onFrame(message: FrameMessage): void {
    if (message.requestId !== this.#fetching?.id || message.width === 0) return;
    this.#kept.set(message.frame, this.#toPicture(message));
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    this.#arrivals.emit(message.frame);
  }
}
