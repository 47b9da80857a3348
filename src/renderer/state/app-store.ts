/** The window's one store, usable outside React. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { AppError } from '../../shared/errors.ts';
import { initialWindowState, type Toast, type WindowState, withToast } from './window-state.ts';

export type AppStore = StoreApi<WindowState>;

export const createAppStore = (initial: Partial<WindowState> = {}): AppStore =>
  createStore<WindowState>(() => ({ ...initialWindowState, ...initial }));

export const addToast = (store: AppStore, level: Toast['level'], text: string, facts?: Pick<Toast, 'about' | 'sessionId'>): void =>
  store.setState((s) => withToast(s, level, text, facts));

/** Tells the user of a failed call; a cancelled one is what they wanted. */
export const reportError = (store: AppStore, error: unknown): void => {
  const known = AppError.from(error);
  if (known.code !== 'cancelled') addToast(store, 'error', known.message);
};
