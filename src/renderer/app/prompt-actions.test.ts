import { beforeEach, expect, it, vi } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { type AppStore, createAppStore } from '../state/app-store.ts';
import { withActive, withHostState } from '../state/sessions.ts';
import { testHost, windowOn } from '../state/test-state.ts';
import { promptOn } from '../state/window-state.ts';
import type { Client } from '../transport/client.ts';
import { createPromptActions, type PromptActions } from './prompt-actions.ts';

interface Call {
  method: string;
  input: Record<string, unknown>;
  resolve(value?: unknown): void;
  reject(error: AppError): void;
}

let calls: Call[] = [];
let store: AppStore;
let actions: PromptActions;

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const point = (x: number, label: 0 | 1 = 1) => ({ x, y: 1, label });

beforeEach(() => {
  calls = [];
  store = createAppStore({ ...windowOn(), shownFrame: 6 });
  const client = {
    call: (method: string, input: Record<string, unknown>) =>
      new Promise((resolve, reject) => calls.push({ method, input, resolve: (value = {}) => resolve(value), reject })),
  } as unknown as Client;
  actions = createPromptActions(client, store, vi.fn());
});

it('the first click makes an object, and clicks meanwhile belong to it', async () => {
  void actions.addPoint(point(1));
  void actions.addPoint(point(2));
  expect(calls.map((call) => call.method)).toEqual(['object.add']);
  calls[0]!.resolve({ objectId: 4 });
  await settled();
  expect(store.getState().selectedId).toBe(4);
  expect(promptOn(store.getState(), 4, 6).points.map((p) => p.x)).toEqual([1, 2]);
});

it('clicks that come while a new object is made belong to it, not to the one that was selected', async () => {
  store.setState({ selectedId: 1 });
  void actions.addObject();
  void actions.addPoint(point(5));
  calls[0]!.resolve({ objectId: 2 });
  await settled();
  expect(calls[1]).toMatchObject({ method: 'prompt.set', input: { objectId: 2 } });
});

it('is settled when the host has answered the click that came while its object was made', async () => {
  store.setState({ selectedId: null });
  void actions.addPoint(point(5));
  let isSettled = false;
  void actions.settled().then(() => {
    isSettled = true;
  });
  calls[0]!.resolve({ objectId: 2 });
  await settled();
  expect(calls[1]).toMatchObject({ method: 'prompt.set' });
  expect(isSettled).toBe(false);
  calls[1]!.resolve();
  await settled();
  expect(isSettled).toBe(true);
});

it('calls go one after the other, the newest standing for those that waited', async () => {
  store.setState({ selectedId: 1 });
  for (const x of [1, 2, 3]) void actions.addPoint(point(x));
  await settled();
  expect(calls).toHaveLength(1);
  calls[0]!.resolve();
  await settled();
  expect(calls).toHaveLength(2);
  expect(calls[1]!.input).toMatchObject({ objectId: 1, frame: 6, points: [point(1), point(2), point(3)] });
});

it('taking the last point away clears the frame', async () => {
  store.setState({ selectedId: 1 });
  void actions.addPoint(point(1));
  await settled();
  calls[0]!.resolve();
  await settled();
  void actions.removePoint(0);
  expect(calls[1]).toMatchObject({ method: 'prompt.clear', input: { objectId: 1, frame: 6 } });
});

it('a refused prompt is taken back and said', async () => {
  store.setState({ selectedId: 1 });
  void actions.addPoint(point(1));
  await settled();
  calls[0]!.reject(new AppError('prompt-outside-frame', 'The point is outside.'));
  await settled();
  expect(promptOn(store.getState(), 1, 6).points).toEqual([]);
  expect(store.getState().toasts[0]!.text).toBe('The point is outside.');
});

it('a negative click without an object makes none', async () => {
  await actions.addPoint(point(1, 0));
  expect(calls).toEqual([]);
  expect(store.getState().toasts).toHaveLength(1);
});

it('what was begun in one tab stays there, though another is shown meanwhile', async () => {
  void actions.addPoint(point(1));
  store.setState((s) => withActive(withHostState(s, testHost(2, ['a', 'b'])), 'b'));
  void actions.addPoint(point(2));
  expect(calls.map(({ method, input }) => [method, input.sessionId])).toEqual([
    ['object.add', 'a'],
    ['object.add', 'b'],
  ]);
  calls[0]!.resolve({ objectId: 4 });
  calls[1]!.resolve({ objectId: 1 });
  await settled();
  expect(calls.slice(2).map(({ method, input }) => [method, input.sessionId, input.objectId, input.points])).toEqual([
    ['prompt.set', 'a', 4, [point(1)]],
    ['prompt.set', 'b', 1, [point(2)]],
  ]);
  expect(store.getState()).toMatchObject({ activeId: 'b', selectedId: 1, computing: ['a', 'b'] });
  calls[2]!.resolve();
  await settled();
  expect(store.getState().computing).toEqual(['b']);
  expect(withActive(store.getState(), 'a').selectedId).toBe(4);
});
