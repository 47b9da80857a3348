import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type AppStore, createAppStore } from '../state/app-store.ts';
import { withHostState, withSession } from '../state/sessions.ts';
import { testHost, testObject, testSession } from '../state/test-state.ts';
import { applyKeptStrokes, keepStrokes } from './kept-strokes.ts';

const mask = { size: [2, 2] as [number, number], counts: '112' };

class Kept {
  value: string | null = null;
  getItem = (): string | null => this.value;
  setItem = (_key: string, value: string): void => {
    this.value = value;
  };
  removeItem = (): void => {
    this.value = null;
  };
}

const windowWith = (sessions: string[]): AppStore => {
  const store = createAppStore();
  store.setState((state) => withHostState(state, testHost(1, sessions)));
  return store;
};

const brushOn = (objectId: number | null) => ({ take: () => ({ mask, place: { sessionId: 'a', objectId, frame: 7 } }) });

describe('strokes that were not applied when the page went', () => {
  let kept: Kept;
  let setMask: ReturnType<typeof vi.fn<(...args: unknown[]) => Promise<void>>>;
  beforeEach(() => {
    kept = new Kept();
    setMask = vi.fn(async () => {});
  });

  it.each([null, 1])('are applied once, when their clip is on screen again (object %s)', (objectId) => {
    keepStrokes(windowWith(['a']), brushOn(objectId), kept);
    const store = windowWith(['b', 'a']);
    applyKeptStrokes(store, { setMask }, kept);
    store.setState({ activeId: 'b' });
    store.setState((state) => withSession(state, testSession('b', 1)));
    expect(setMask).not.toHaveBeenCalled();
    store.setState({ activeId: 'a', session: null });
    store.setState((state) => withSession(state, testSession('a', 1, [testObject(1)])));
    store.setState((state) => withSession(state, testSession('a', 2, [testObject(1)])));
    expect(setMask.mock.calls).toEqual([[mask, { sessionId: 'a', objectId, frame: 7 }]]);
    expect(kept.value).toBeNull();
  });

  it('go with their object', () => {
    keepStrokes(windowWith(['a']), brushOn(4), kept);
    const store = windowWith(['a']);
    applyKeptStrokes(store, { setMask }, kept);
    store.setState({ activeId: 'a', session: null });
    store.setState((state) => withSession(state, testSession('a', 1, [testObject(1)])));
    expect(setMask).not.toHaveBeenCalled();
  });

  it('are none where nothing was painted, or what is kept can not be read', () => {
    keepStrokes(windowWith(['a']), { take: () => null }, kept);
    expect(kept.value).toBeNull();
    kept.value = '{"path';
    applyKeptStrokes(windowWith(['a']), { setMask }, kept);
    expect(kept.value).toBeNull();
  });
});
