/** What a camera gives as a growing file: every piece is sent when it is there and those before it have arrived. */
import { sendPieces } from '../../transport/send-file.ts';

/** What the browser can write, best first; the host copies the packets as they are. */
const types = ['video/webm;codecs=vp8', 'video/webm;codecs=vp9', 'video/webm', 'video/mp4'];

export class MediaPieces {
  readonly #recorder: MediaRecorder;
  #sending: Promise<void> = Promise.resolve();

  /**
   * @param pieceMs how much of the time a piece holds
   * @param send takes base64
   * @param onError told when a piece is refused; nothing is sent after it
   */
  constructor(stream: MediaStream, pieceMs: number, send: (data: string) => Promise<unknown>, onError: (error: unknown) => void) {
    const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
    this.#recorder = new MediaRecorder(stream, { ...(mimeType && { mimeType }), videoBitsPerSecond: 8_000_000 });
    this.#recorder.ondataavailable = ({ data }) => {
      this.#sending = this.#sending.then(() => sendPieces(data, send));
      this.#sending.catch((error: unknown) => {
        if (this.#recorder.state !== 'inactive') this.#recorder.stop();
        onError(error);
      });
    };
    this.#recorder.start(pieceMs);
  }

  /** The last piece comes before the end is told. */
  async stop(): Promise<void> {
    if (this.#recorder.state !== 'inactive')
      await new Promise<void>((resolve) => {
        this.#recorder.onstop = () => resolve();
        this.#recorder.stop();
      });
    await this.#sending;
  }
}
