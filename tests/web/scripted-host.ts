/** The web host over the scripted engine, for tests of what the host does by itself. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeServices } from '../../src/main/cli/headless.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import type { ServicesOptions } from '../../src/main/services/app/services-options.ts';
import type { ClientLink } from '../../src/main/services/base/handlers.ts';
import type { SpawnEngine } from '../../src/main/services/engine-link/engine-supervisor.ts';
import { startWebHost, type WebHost } from '../../src/main/web/server.ts';
import { serveScriptedEngine } from '../kills/scripted-engine.ts';
import { token } from './test-window.ts';

/** Where runs stand still until they may go on; by default nowhere. */
export interface Gate {
  frame: number;
  opened: PromiseWithResolvers<void>;
}

/** The scripted engine in this process. */
export const scriptedEngine =
  (gate: Gate): SpawnEngine =>
  () => {
    let toHost: (message: unknown) => void = () => {};
    let toEngine: (message: unknown) => void = () => {};
    serveScriptedEngine({
      post: (message) => {
        const send = (): void => void setImmediate(() => toHost(message));
        const { frame = 0 } = (message as { d?: { frame?: number } | null }).d ?? {};
        return frame >= gate.frame ? gate.opened.promise.then(send) : send();
      },
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
  services: Services;
  host: WebHost;
  /** From now on a run stands still before this frame. */
  holdAt(frame: number): void;
  goOn(): void;
  /** Sends a picture to every client, as the services send those of a run. */
  sendToAll(data: ArrayBuffer): void;
  close(): Promise<void>;
}

export const startScriptedHost = async (options: (folder: string) => Partial<ServicesOptions> = () => ({})): Promise<ScriptedHost> => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-scripted-host-'));
  const clip = join(folder, 'clip.mp4');
  const gate: Gate = { frame: Number.POSITIVE_INFINITY, opened: Promise.withResolvers() };
  await writeFile(clip, 'the engine of these tests does not read it');
  const services = await makeServices(
    {},
    { spawnEngine: scriptedEngine(gate), dataDir: join(folder, 'data'), exportRoot: folder, ...options(folder) },
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
    holdAt: (frame) => {
      gate.frame = frame;
    },
    goOn: () => {
      gate.frame = Number.POSITIVE_INFINITY;
      gate.opened.resolve();
      gate.opened = Promise.withResolvers();
    },
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
