/**
 * A recording on its way to the host: every second's piece is sent when it is there, so that a closed window loses no
 * more.
 */
import type { Client } from '../../transport/client.ts';
import { MediaPieces } from './media-pieces.ts';

const pieceMs = 1000;

export class Recording {
  readonly #client: Client;
  readonly #operationId: string;
  readonly #pieces: MediaPieces;

  private constructor(client: Client, operationId: string, pieces: MediaPieces) {
    this.#client = client;
    this.#operationId = operationId;
    this.#pieces = pieces;
  }

  /** @param onError told when the host refuses a piece; the recording has then ended */
  static async start(client: Client, stream: MediaStream, name: string, onError: (error: unknown) => void): Promise<Recording> {
    const { operationId } = await client.call('upload.begin', { name, bytes: null });
    const send = (data: string): Promise<unknown> => client.call('upload.append', { operationId, data, total: null });
    return new Recording(client, operationId, new MediaPieces(stream, pieceMs, send, onError));
  }

  /**
   * The clip is open when this resolves: with its session, or null when it could not be opened, which the operation
   * explains.
   */
  async finish(): Promise<{ sessionId: string | null }> {
    await this.#pieces.stop();
    return this.#client.call('upload.finish', { operationId: this.#operationId });
  }

  async cancel(): Promise<void> {
    await this.#pieces.stop().catch(() => {});
    await this.#client.call('operation.cancel', { operationId: this.#operationId });
  }
}
