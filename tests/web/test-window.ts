/** A client as the window is one: over a WebSocket, with the pictures it is sent. */
import { WebSocket } from 'ws';
import { decodeFrameMessage, type FrameMessage } from '../../src/shared/wire.ts';
import { ContractClient } from './contract-client.ts';

/** Of every host of these tests. */
export const token = 'a-token-for-tests';

export class TestWindow extends ContractClient {
  readonly frames: FrameMessage[] = [];
  readonly socket: WebSocket;

  private constructor(port: number, given: string) {
    super();
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/ws?token=${given}`);
    this.socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) return this.receive(JSON.parse(data.toString()));
      this.frames.push(decodeFrameMessage(new Uint8Array(data).buffer));
      this.changed();
    });
  }

  /** @param given the token of the host @returns when it mirrors the state */
  static async open(port: number, given = token): Promise<TestWindow> {
    const window = new TestWindow(port, given);
    await window.until(() => window.state !== null);
    return window;
  }

  close(): void {
    this.socket.close();
  }

  protected send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
}
