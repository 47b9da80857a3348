import { beforeEach, describe, expect, it, vi } from 'vitest';
import { announceFinished } from '../features/tabs/announce-finished.ts';
import { createTabActions, type TabActions } from '../features/tabs/tab-actions.ts';
import { createClient } from '../transport/client.ts';
import { TransportBase } from '../transport/transport.ts';
import { type AppStore, createAppStore } from './app-store.ts';
import { mirrorHost } from './mirror-host.ts';
import { readTab, rememberTab } from './remember-tab.ts';
import { testHost, testOperation, testSession } from './test-state.ts';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => `${digit.repeat(8)}-58c8-4b1d-9f43-0d1c2e3f4a5b`) as [string, string, string];

class ScriptedHost extends TransportBase {
  readonly asked: { id: number; m: string; a: Record<string, unknown> }[] = [];
  revision = 0;

  send(message: unknown): void {
    this.asked.push(message as (typeof this.asked)[number]);
  }

  close(): void {
    this.setLinkState('closed');
  }

  /** Connects, as after a start of the app. */
  start(): void {
    this.setLinkState('open');
    this.revision = 0;
    this.messages.emit({ t: 'hello', info: { protocolVersion: 2, host: 'web', appVersion: '1' } });
  }

  tell(sessions: string[], change: Parameters<typeof testHost>[2] = {}): void {
    this.messages.emit({ t: 'state', state: testHost(++this.revision, sessions, change) });
  }

  tellSession(id: string, revision: number): void {
    this.messages.emit({ t: 'session', session: testSession(id, revision) });
  }

  watched(): unknown[] {
    return this.asked.filter(({ m }) => m === 'session.watch').map(({ a: input }) => input.sessionId);
  }

  calls(method: string): unknown[] {
    return this.asked.filter(({ m }) => m === method).map(({ a: input }) => input);
  }
}

let host: ScriptedHost;
let store: AppStore;
let tabs: TabActions;

beforeEach(() => {
  host = new ScriptedHost();
  store = createAppStore();
  const client = createClient(host);
  mirrorHost(client, store);
  announceFinished(store);
  tabs = createTabActions(client, store);
  host.start();
});

describe('watching', () => {
  it('says which session is on screen, and takes the state of that one alone', () => {
    host.tell([a]);
    host.tellSession(a, 1);
    host.tell([a, b]);
    tabs.activate(b);
    // On its way when the tab was changed.
    host.tellSession(a, 9);
    expect(store.getState().session).toBeNull();
    host.tellSession(b, 1);
    expect(store.getState().session?.id).toBe(b);
    expect(host.watched()).toEqual([a, b]);
  });

  it('says it again to a host that was connected to again, and takes its revisions from the beginning', () => {
    host.tell([a]);
    host.tellSession(a, 7);
    host.close();
    host.start();
    host.tell([a]);
    host.tellSession(a, 1);
    expect(host.watched()).toEqual([a, a]);
    expect(store.getState().session?.revision).toBe(1);
  });

  it('says that nothing is looked at when the last session is closed', () => {
    host.tell([a]);
    host.tell([]);
    expect(host.watched()).toEqual([a, null]);
  });
});

describe('tabs', () => {
  it('go round in the order of the host', () => {
    host.tell([a, b, c]);
    tabs.activate(a);
    tabs.step(-1);
    expect(store.getState().activeId).toBe(c);
    tabs.step(1);
    tabs.step(1);
    expect(store.getState().activeId).toBe(b);
  });

  it('close at once, and ask first where work would be cut', () => {
    const operations = [testOperation('t', { sessionId: b }), testOperation('i', { kind: 'open', sessionId: a })];
    host.tell([a, b], { operations });
    tabs.close(a);
    expect(host.calls('session.close')).toEqual([{ sessionId: a }]);
    tabs.close(b);
    expect(store.getState()).toMatchObject({ dialog: 'close', closingId: b });
    expect(host.calls('session.close')).toHaveLength(1);
    host.tell([a, b], { operations: operations.map((operation) => ({ ...operation, state: 'done' })) });
    tabs.close(b);
    expect(host.calls('session.close')).toHaveLength(2);
  });

  it('what ends behind is told once with its tab; what ends on screen is not', () => {
    const run = (state: 'running' | 'done') => ({ operations: [a, b].map((id) => testOperation(id, { sessionId: id, state })) });
    host.tell([a, b]);
    tabs.activate(b);
    host.tell([a, b], run('running'));
    host.tell([a, b], run('done'));
    host.tell([a, b], run('done'));
    expect(store.getState().toasts).toMatchObject([{ sessionId: a, text: `Tracking finished in ${a}.mp4` }]);
  });
});

describe('the tab of a window', () => {
  it('is remembered by itself, and not for as long as another stands in', () => {
    const kept = { setItem: vi.fn() };
    store.setState({ wanted: { id: 'gone', path: `/${b}.mp4` } });
    rememberTab(store, kept);
    host.tell([a]);
    expect(kept.setItem).not.toHaveBeenCalled();
    host.tell([a, b]);
    expect(kept.setItem.mock.calls.at(-1)?.[1]).toBe(b);
    expect(store.getState().prefs.lastClip).toBe(`/${b}.mp4`);
  });

  it('is the one from before, else the clip that any window showed last', () => {
    expect(readTab('/x.mp4', { getItem: () => 'id' })).toEqual({ id: 'id', path: '/x.mp4' });
    expect(readTab('/x.mp4', { getItem: () => null })).toEqual({ id: null, path: '/x.mp4' });
    expect(readTab(null, { getItem: () => null })).toEqual({ id: null, path: null });
  });
});
