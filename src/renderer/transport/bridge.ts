/**
 * The desktop host over a MessagePort that the preload script hands over: objects are messages, ArrayBuffers are
 * pictures.
 */
import { z } from 'zod';
import type { DesktopBridge } from '../../shared/desktop-bridge.ts';
import { desktopPortMessage } from '../../shared/desktop-bridge.ts';
import { TransportBase } from './transport.ts';

const portAnnouncement = z.object({ type: z.literal(desktopPortMessage) });

export class BridgeTransport extends TransportBase {
  #port: MessagePort | null = null;

  constructor(bridge: DesktopBridge, target: Window = window) {
    super();
    target.addEventListener('message', (event) => {
      const port = event.ports[0];
      if (event.source !== target || !port || !portAnnouncement.safeParse(event.data).success) return;
      this.#attach(port);
    });
    bridge.connect();
  }

  send(message: unknown): void {
    this.#port?.postMessage(message);
  }

  close(): void {
    this.#port?.close();
    this.#port = null;
    this.setLinkState('closed');
  }

  #attach(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    port.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (event.data instanceof ArrayBuffer) this.binaries.emit(event.data);
      else this.messages.emit(event.data);
    });
    port.addEventListener('close', () => this.setLinkState('closed'));
    port.start();
    this.setLinkState('open');
  }
}
