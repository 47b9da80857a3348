/** A recording on its way to the host: every second's piece is sent when it is there, so that a closed window loses no more. */
import type { Client } from '../../transport/client.ts';
import { appendBlob } from '../../transport/send-file.ts';

const pieceMs = 1000;
/** What the browser can write, best first; the host copies the packets as they are. */
const types = ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm', 'video/mp4'];

export class Recording {
  readonly #client: Client;
  readonly #operationId: string;
  readonly #recorder: MediaRecorder;
  #sending: Promise<void> = Promise.resolve();

  private constructor(client: Client, operationId: string, stream: MediaStream, onError: (error: unknown) => void) {
    this.#client = client;
    this.#operationId = operationId;
    const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
    this.#recorder = new MediaRecorder(stream, { ...(mimeType && { mimeType }), videoBitsPerSecond: 8_000_000 });
    this.#recorder.ondataavailable = ({ data }) => {
      this.#sending = this.#sending.then(() => appendBlob(client, operationId, data, null));
      this.#sending.catch((error: unknown) => {
        if (this.#recorder.state !== 'inactive') this.#recorder.stop();
        onError(error);
      });
    };
    this.#recorder.start(pieceMs);
  }

  /** @param onError told when the host refuses a piece; the recording has then ended */
  static async start(client: Client, stream: MediaStream, name: string, onError: (error: unknown) => void): Promise<Recording> {
    const { operationId } = await client.call('upload.begin', { name, bytes: null });
    return new Recording(client, operationId, stream, onError);
  }

  /** The clip is open when this resolves. */
  async finish(): Promise<void> {
    await this.#stop();
    await this.#sending;
    await this.#client.call('upload.finish', { operationId: this.#operationId });
  }

  async cancel(): Promise<void> {
    await this.#stop();
    await this.#client.call('operation.cancel', { operationId: this.#operationId });
  }

  /** The last piece comes before the end is told. */
  #stop(): Promise<void> {
    if (this.#recorder.state === 'inactive') return Promise.resolve();
    return new Promise((resolve) => {
      this.#recorder.onstop = () => resolve();
      this.#recorder.stop();
    });
  }
}
