/** The web host over the scripted engine, and clients as windows are, for tests of what the host does by itself. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { makeServices } from '../../src/main/cli/headless.ts';
import type { AppServices } from '../../src/main/services/app-services.ts';
import type { AppServicesOptions } from '../../src/main/services/app-services-options.ts';
import type { ClientLink } from '../../src/main/services/client-link.ts';
import type { SpawnEngine } from '../../src/main/services/engine-host.ts';
import { startWebHost, type WebHost } from '../../src/main/web/server.ts';
import { type AppState, type HostMessage, hostMessageSchema } from '../../src/shared/contract.ts';
import { decodeFrameMessage, type FrameMessage } from '../../src/shared/wire.ts';
import { serveScriptedEngine } from '../kills/scripted-engine.ts';

export const token = 'a-token-for-tests';

/** The scripted engine in this process. */
const scriptedEngine: SpawnEngine = () => {
  let toHost: (message: unknown) => void = () => {};
  let toEngine: (message: unknown) => void = () => {};
  serveScriptedEngine({
    post: (message) => void setImmediate(() => toHost(message)),
    onMessage: (listener) => {
      toEngine = listener;
    },
  });
  return {
    pid: undefined,
    link: {
      post: (message) => void setImmediate(() => toEngine(message)),
      onMessage: (listener) => {
        toHost = listener;
      },
    },
    onExit: () => {},
    kill: () => {},
  };
};

export interface ScriptedHost {
  folder: string;
  clip: string;
  services: AppServices;
  host: WebHost;
  /** Sends a picture to every client, as the services send those of a run. */
  sendToAll(data: ArrayBuffer): void;
  close(): Promise<void>;
}

export const startScriptedHost = async (options: (folder: string) => Partial<AppServicesOptions> = () => ({})): Promise<ScriptedHost> => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-scripted-host-'));
  const clip = join(folder, 'clip.mp4');
  await writeFile(clip, 'the engine of these tests does not read it');
  const services = await makeServices(
    {},
    { spawnEngine: scriptedEngine, dataDir: join(folder, 'data'), exportRoot: folder, ...options(folder) },
  );
  const links: ClientLink[] = [];
  const connect = services.connect.bind(services);
  services.connect = (link) => {
    links.push(link);
    return connect(link);
  };
  const host = await startWebHost({ services, rendererDir: folder, port: 0, token });
  return {
    folder,
    clip,
    services,
    host,
    sendToAll: (data) => {
      for (const link of links) link.sendBinary(data);
    },
    close: async () => {
      await host.close();
      await services.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** A window: it sends requests, mirrors the state and keeps the pictures. */
export class TestWindow {
  state: AppState | null = null;
  readonly frames: FrameMessage[] = [];
  readonly socket: WebSocket;
  readonly #waiting = new Map<number, (message: HostMessage) => void>();
  readonly #watchers = new Set<() => void>();
  #nextId = 1;

  constructor(port: number) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/ws?token=${token}`);
    this.socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.frames.push(decodeFrameMessage(new Uint8Array(data).buffer));
      else {
        const message = hostMessageSchema.parse(JSON.parse(data.toString()));
        if (message.t === 'state') this.state = message.state;
        if (message.t === 'res' || message.t === 'err') this.#waiting.get(message.id)?.(message);
      }
      for (const watch of this.#watchers) watch();
    });
  }

  static async open(port: number): Promise<TestWindow> {
    const window = new TestWindow(port);
    await window.until(() => window.state !== null);
    return window;
  }

  call(m: string, a: object = {}): Promise<HostMessage> {
    const id = this.#nextId++;
    const answer = new Promise<HostMessage>((resolve) => this.#waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ t: 'req', id, m, a }));
    return answer;
  }

  /** Resolves as soon as `check` holds, looked at with every message. */
  until(check: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = (): void => {
        if (!check()) return;
        this.#watchers.delete(watch);
        resolve();
      };
      this.#watchers.add(watch);
      watch();
    });
  }
}
