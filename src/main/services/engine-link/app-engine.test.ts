/**
 * An engine that dies: it is started again with growing pauses, given up after six deaths within a minute, and started
 * anew on request.
 */
import { expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { RpcPeer } from '../../common/rpc.ts';
import { linkedPorts } from '../../common/testing/linked-ports.ts';
import { AppEngine } from './app-engine.ts';
import type { EnginePeer, EngineProcess } from './engine-supervisor.ts';

/** Engines that die when they are told to, and a clock that stands still between two calls. */
const setUp = (onReady: (peer: EnginePeer, isRestart: boolean) => Promise<void> = async () => {}) => {
  const deaths: ((reason: string) => void)[] = [];
  const killed: number[] = [];
  const pauses: number[] = [];
  const states: string[] = [];
  const starts: boolean[] = [];
  let nowMs = 0;
  let waiting: (() => void) | null = null;
  const spawn = (): EngineProcess => {
    const [host, engine] = linkedPorts();
    new RpcPeer(engine, { usage: async () => ({ bytes: 7 }) });
    const number = deaths.length;
    return {
      pid: number,
      link: host,
      onExit: (listener) => void deaths.push(listener),
      kill: () => {
        killed.push(number);
        deaths[number]!('signal SIGKILL');
      },
    };
  };
  const app: AppEngine = new AppEngine(
    spawn,
    {
      onReady: async (peer, isRestart) => {
        starts.push(isRestart);
        await onReady(peer, isRestart);
        app.tell('ready', null);
      },
      onState: ({ state }) => void states.push(state),
    },
    {
      nowMs: () => nowMs,
      after: (pauseMs, work) => {
        pauses.push(pauseMs);
        waiting = work;
        return () => {
          waiting = null;
        };
      },
    },
  );
  /** The engine dies; @returns when its successor is ready, if there is one. */
  const die = async (): Promise<void> => {
    deaths.at(-1)!('signal SIGSEGV');
    const start = waiting;
    waiting = null;
    start?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const passMs = (ms: number): void => {
    nowMs += ms;
  };
  return { app, die, passMs, deaths, killed, pauses, states, starts, isWaiting: () => waiting !== null };
};

it('gives up after six deaths within a minute, says why, and is ready again when it is asked to start', async () => {
  const { app, die, pauses, states, starts, deaths } = setUp();
  await app.start();
  for (let death = 0; death < 5; death++) await die();
  expect(app.state).toEqual({ state: 'ready', message: null });
  expect(pauses).toEqual([200, 400, 800, 1600, 3200]);
  await die();
  expect(pauses).toHaveLength(5);
  expect(app.state).toMatchObject({ state: 'failed', message: expect.stringContaining('6 times within a minute (signal SIGSEGV)') });
  const error = expect.objectContaining({ code: 'engine-lost', message: app.state.message });
  expect(() => app.peer).toThrow(error);
  expect(() => app.require()).toThrow(error);
  expect(await app.usage()).toMatchObject({ engineBytes: null, waiting: 0 });

  states.length = 0;
  await app.restart();
  expect(states).toEqual(['starting', 'ready']);
  expect(starts).toEqual([false, true, true, true, true, true, true]);
  expect(() => app.require()).not.toThrow();
  expect(await app.usage()).toMatchObject({ engineBytes: 7 });
  // Its former deaths are forgotten: it has five restarts again.
  for (let death = 0; death < 5; death++) await die();
  expect(app.state.state).toBe('ready');
  expect(pauses.slice(5)).toEqual([200, 400, 800, 1600, 3200]);
  expect(deaths).toHaveLength(12);
});

it('goes on for ever when deaths are further apart', async () => {
  const { app, die, passMs, pauses } = setUp();
  await app.start();
  for (let death = 0; death < 20; death++) {
    passMs(12_001);
    await die();
    expect(app.state.state).toBe('ready');
  }
  expect(Math.max(...pauses)).toBe(200 * 2 ** 4);
});

it('starts one whose work could not be given back in place of that, and leaves one alone that runs', async () => {
  let isBroken = true;
  const { app, killed, starts } = setUp(async () => {
    if (isBroken) throw new AppError('model-corrupt', 'The model file is damaged.');
  });
  await app.start();
  expect(app.state).toEqual({ state: 'failed', message: 'The model file is damaged.' });
  isBroken = false;
  const lost = app.peer;
  // Asked twice, it is started once.
  await Promise.all([app.restart(), app.restart()]);
  expect(app.state).toEqual({ state: 'ready', message: null });
  expect(killed).toEqual([0]);
  await expect(lost.call('usage', {})).rejects.toMatchObject({ code: 'engine-lost' });
  await app.restart();
  expect(starts).toEqual([false, true]);
});

it('rejects what was under way when the engine dies, and starts no engine after it was closed', async () => {
  const { app, deaths, isWaiting } = setUp();
  await app.start();
  const call = app.peer.call('findFfmpeg', {});
  const outcome = expect(call).rejects.toMatchObject({ code: 'engine-lost', message: expect.stringContaining('signal SIGSEGV') });
  deaths[0]!('signal SIGSEGV');
  await outcome;
  expect(isWaiting()).toBe(true);
  app.close();
  expect(isWaiting()).toBe(false);
});
