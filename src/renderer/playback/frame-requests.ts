/**
 * Asks the host for pictures: one request at a time, and which is asked for next is decided when there is room for it.
 */
import type { Client } from '../transport/client.ts';
import { firstThumbnailRequest } from './thumbnails.ts';

export interface PictureWish {
  sessionId: string;
  frame: number;
  maxWidth: number;
  maxHeight: number;
}

export interface FrameRequestsHost {
  /** The picture to ask for now; null: none. */
  next(): PictureWish | null;
  onFailed(error: unknown): void;
}

export class FrameRequests {
  readonly #client: Client;
  readonly #host: FrameRequestsHost;
  #requestId = 0;
  /**
   * Answers to older requests belong to a closed clip, or to a scrub that playing has ended (or the other way round).
   */
  #firstValid = 1;
  #isBusy = false;

  constructor(client: Client, host: FrameRequestsHost) {
    this.#client = client;
    this.#host = host;
  }

  /** A picture is under way. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Whether an answer is for this one, and still wanted. */
  isAnswer(requestId: number): boolean {
    return requestId >= this.#firstValid && requestId < firstThumbnailRequest;
  }

  /** What is under way is not wanted any more. */
  drop(): void {
    this.#firstValid = this.#requestId + 1;
  }

  /** There may be something to ask for. */
  pump(): void {
    if (this.#isBusy) return;
    const next = this.#host.next();
    if (next) void this.#ask(next);
  }

  async #ask(wish: PictureWish): Promise<void> {
    this.#isBusy = true;
    try {
      const requestId = ++this.#requestId;
      await this.#client.call('frame.get', { requestId, ...wish });
    } catch (error) {
      this.#host.onFailed(error);
    } finally {
      this.#isBusy = false;
      this.pump();
    }
  }
}
