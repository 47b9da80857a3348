/** The web host over the scripted engine, for tests of what the host does by itself. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeServices } from '../../src/main/cli/headless.ts';
import type { AppServices } from '../../src/main/services/app-services.ts';
import type { AppServicesOptions } from '../../src/main/services/app-services-options.ts';
import type { ClientLink } from '../../src/main/services/client-link.ts';
import type { SpawnEngine } from '../../src/main/services/engine-host.ts';
import { startWebHost, type WebHost } from '../../src/main/web/server.ts';
import { serveScriptedEngine } from '../kills/scripted-engine.ts';
import { token } from './test-window.ts';

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
