/**
 * `sam2-video watch`: streams that run for weeks without a window. It ends when it is told to (SIGINT, SIGTERM) or when
 * every file was played to its end; a source that breaks, an engine that dies or a full disk end nothing.
 */
import { createServer, type Server } from 'node:http';
import { AppError } from '../../shared/errors.ts';
import { plural } from '../../shared/language.ts';
import type { StreamState } from '../../shared/streams.ts';
import type { Services } from '../services/app/services.ts';
import { MemoryStreams } from '../services/streams/stream-store.ts';
import { type EngineOptions, makeServices, requireSettings } from './headless.ts';
import { exitCodes } from './terminal.ts';
import { readWatchConfig, type WatchConfig } from './watch-config.ts';

export interface WatchOptions extends EngineOptions {
  json: boolean;
  every: string;
}

/** Beyond the usual: 2 bad configuration, 3 no source can be opened, 4 the port is in use. */
const watchCodes = { ...exitCodes, badConfiguration: 2, noSource: 3, portInUse: 4 } as const;

const secondsOf = (text: string): number => {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds < 0.2 || seconds > 86_400)
    throw new AppError('bad-request', `"${text}" is not a number of seconds from 0.2 to 86400. Write it as --every 10.`);
  return seconds;
};

/** "Front: active, 14.9 of 15 frames/s, 2 objects, 120 ms, 0 dropped, 0 faults" */
const statusOf = ({ name, phase, fps, targetFps, objects, latencyMs, dropped, faults, lastFault }: StreamState): string => {
  const rate = fps === null ? [] : [`${fps.toFixed(1)} of ${targetFps} frames/s`];
  const latency = latencyMs === null ? [] : [`${Math.round(latencyMs)} ms`];
  const why = phase === 'active' || !lastFault ? '' : ` (${lastFault.message})`;
  return `${name}: ${[phase, ...rate, plural(objects, 'object'), ...latency, `${dropped} dropped`, plural(faults, 'fault')].join(', ')}${why}`;
};

/** Says nothing but whether the engine is there: it needs no token. @throws AppError `not-allowed` for a port in use */
const serveHealth = async (port: number, isWell: () => boolean): Promise<Server> => {
  const server = createServer((request, response) => {
    const isAsked = request.method === 'GET' && request.url === '/healthz';
    response.writeHead(isAsked ? (isWell() ? 200 : 503) : 404, { 'content-type': 'text/plain' });
    response.end(isAsked ? (isWell() ? 'ok\n' : 'not ready\n') : 'not found\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new PortInUse(`Port ${port} is used by another program. Choose another "port" in the configuration, or end that program.`)
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
};

class PortInUse extends AppError {
  constructor(message: string) {
    super('not-allowed', message);
  }
}

/** Applies a configuration that was read again: what is gone ends, what is new begins, what changed goes on changed. */
const reload = async ({ streams }: Services, { streams: wanted }: WatchConfig): Promise<void> => {
  for (const { id } of streams.configs) if (!wanted.has(id)) await streams.remove(id, true);
  for (const [id, config] of wanted) {
    const present = streams.configs.find((one) => one.id === id);
    if (!present) streams.add(config, id);
    else if (JSON.stringify(present.config) !== JSON.stringify(config)) streams.edit(id, config);
  }
};

/** What is more likely a mistake in the configuration than a source that comes later. */
const refusals: readonly string[] = ['address-forbidden', 'address-missing', 'camera-unavailable', 'camera-forbidden', 'source-missing'];

const isRefused = ({ phase, frame, chapter, reconnects, lastFault }: StreamState): boolean =>
  (phase === 'failed' || phase === 'starting') &&
  frame === null &&
  chapter <= 1 &&
  reconnects === 0 &&
  refusals.includes(lastFault?.code ?? '');

/** Every source refused before any gave a picture: a wrong password, or a camera that is not there. */
const isHopeless = (states: readonly StreamState[]): boolean => states.length > 0 && states.every(isRefused);

const print = (services: Services, isJson: boolean): void => {
  const { states } = services.streams;
  if (isJson)
    process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), engine: services.state.engine.state, streams: states })}\n`);
  else process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${states.map(statusOf).join('; ')}\n`);
};

export const runWatchCommand = async (path: string, options: WatchOptions): Promise<number> => {
  let config: WatchConfig;
  let everyMs: number;
  try {
    everyMs = secondsOf(options.every) * 1000;
    config = readWatchConfig(path);
    requireSettings(options, config.dataDir);
  } catch (error) {
    process.stderr.write(`error (bad-request): ${(error as Error).message}\n`);
    return watchCodes.badConfiguration;
  }
  const store = new MemoryStreams();
  for (const [id, stream] of config.streams) store.put(id, stream);
  let services: Services | null = null;
  let health: Server | null = null;
  try {
    if (config.port !== undefined) health = await serveHealth(config.port, () => services?.state.engine.state === 'ready');
    const done = Promise.withResolvers<number>();
    const off = onSignals({
      end: () => done.resolve(watchCodes.done),
      reload: () => {
        try {
          if (services) void reload(services, readWatchConfig(path)).catch(tellError);
        } catch (error) {
          tellError(error);
        }
      },
    });
    try {
      const started = await makeServices(options, { keepsProjects: true, dataDir: config.dataDir, streamStore: store });
      services = started;
      started.engine.require();
      let told = 0;
      const look = (): void => {
        const { states } = started.streams;
        for (const { id, level, text } of started.state.notices) if (id > told) process.stderr.write(`${level}: ${text}\n`);
        told = Math.max(told, ...started.state.notices.map(({ id }) => id));
        if (isHopeless(states)) {
          for (const state of states)
            process.stderr.write(`error (${state.lastFault?.code}): ${state.name}: ${state.lastFault?.message}\n`);
          done.resolve(watchCodes.noSource);
        }
        if (states.length > 0 && states.every(({ phase }) => phase === 'ended')) done.resolve(watchCodes.done);
      };
      const unsubscribe = started.onState(look);
      const timer = setInterval(() => print(started, options.json), everyMs);
      look();
      const code = await done.promise;
      clearInterval(timer);
      unsubscribe();
      await started.streams.settled();
      print(started, options.json);
      return code;
    } finally {
      off();
    }
  } catch (error) {
    if (!(error instanceof PortInUse)) throw error;
    process.stderr.write(`error (${error.code}): ${error.message}\n`);
    return watchCodes.portInUse;
  } finally {
    await services?.close();
    health?.closeAllConnections();
    health?.close();
  }
};

const tellError = (error: unknown): void => {
  process.stderr.write(`The configuration was not taken over, the former one goes on. ${(error as Error).message}\n`);
};

/**
 * The first SIGINT or SIGTERM ends it when its recordings are whole, a second one at once; SIGHUP reads the file again.
 */
const onSignals = ({ end, reload }: { end: () => void; reload: () => void }): (() => void) => {
  let isEnding = false;
  const ending = (): void => {
    if (isEnding) process.exit(watchCodes.interrupted);
    isEnding = true;
    process.stderr.write('ending; the recordings are closed (again to end at once)\n');
    end();
  };
  process.on('SIGINT', ending);
  process.on('SIGTERM', ending);
  process.on('SIGHUP', reload);
  return () => {
    process.off('SIGINT', ending);
    process.off('SIGTERM', ending);
    process.off('SIGHUP', reload);
  };
};
