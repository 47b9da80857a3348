/** The window's one store, usable outside React. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { AppError } from '../../shared/errors.ts';
import type { Client } from '../transport/client.ts';
import { initialWindowState, type Toast, type WindowState, withHostState, withToast } from './window-state.ts';

export type AppStore = StoreApi<WindowState>;

export const createAppStore = (initial: Partial<WindowState> = {}): AppStore =>
  createStore<WindowState>(() => ({ ...initialWindowState, ...initial }));

export const addToast = (store: AppStore, level: Toast['level'], text: string, about?: Toast['about']): void =>
  store.setState((s) => withToast(s, level, text, about));

/** Tells the user of a failed call; a cancelled one is what they wanted. */
export const reportError = (store: AppStore, error: unknown): void => {
  const known = AppError.from(error);
  if (known.code !== 'cancelled') addToast(store, 'error', known.message);
};

/** Keeps the store in step with the host. */
export const mirrorHost = (client: Client, store: AppStore): void => {
  client.onState((host) => store.setState((s) => withHostState(s, host)));
  // A host that was started again counts its revisions from the beginning.
  client.onHello((info) => store.setState((s) => ({ info, host: s.host ? { ...s.host, revision: -1 } : null })));
  client.onLinkState((link) => store.setState({ link }));
  client.onProtocolError((error) => addToast(store, 'error', error.message));
  store.setState({ link: client.linkState });
};
