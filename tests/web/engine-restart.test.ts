/** The way back from an engine that has failed: a client asks for another, and the work is there. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EngineProcess } from '../../src/main/services/engine-link/engine-supervisor.ts';
import { type ScriptedHost, scriptedEngine, startScriptedHost } from './scripted-host.ts';
import { TestWindow } from './test-window.ts';

let isBroken: boolean;
let killed: number;
/** Loads of a model that were refused. */
let refused: number;
let app: ScriptedHost;

/** An engine that refuses its first model with an error that no further try would mend. */
const engine = (): EngineProcess => {
  const sound = scriptedEngine({ frame: Number.POSITIVE_INFINITY, opened: Promise.withResolvers() })();
  const { link } = sound;
  let toHost: (message: unknown) => void = () => {};
  return {
    ...sound,
    link: {
      onMessage: (listener) => {
        toHost = listener;
        link.onMessage(listener);
      },
      post: (message, transfer) => {
        const { id, m } = message as { id: number; m?: string };
        if (m !== 'loadModel' || !isBroken) return link.post(message, transfer);
        refused++;
        toHost({ t: 'err', id, e: { code: 'model-corrupt', message: 'The model file is damaged.' } });
      },
    },
    kill: () => {
      killed++;
    },
  };
};

beforeEach(async () => {
  isBroken = true;
  killed = 0;
  refused = 0;
  app = await startScriptedHost(() => ({ spawnEngine: engine }));
});
afterEach(() => app.close());

it('a client starts the engine again, and a clip opens', async () => {
  const window = await TestWindow.open(app.host.port);
  await window.until(() => window.state?.engine.state === 'failed');
  expect(window.state?.engine.message).toContain('The model file is damaged.');
  // Still broken: it says so again.
  await window.call('app.restartEngine', {});
  await window.until(() => refused === 2 && window.state?.engine.state === 'failed');
  isBroken = false;
  await window.call('app.restartEngine', {});
  await window.until(() => window.state?.engine.state === 'ready');
  expect(await window.call('session.open', { path: app.clip })).toMatchObject({ t: 'res' });
  expect(killed).toBe(2);
  // One that runs is left alone.
  await window.call('app.restartEngine', {});
  await window.until(() => window.state?.engine.state === 'ready');
  expect(killed).toBe(2);
});
