/** React's way to the app model and the store. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { CommandId } from '../../shared/commands.ts';
import { commands } from '../../shared/commands.ts';
import { shortcutOf } from '../../shared/keymap.ts';
import { commandContext, type WindowState } from '../state/window-state.ts';
import type { AppModel } from './app-model.ts';

const AppModelContext = createContext<AppModel | null>(null);

export const AppModelProvider = AppModelContext.Provider;

export const useApp = (): AppModel => {
  const model = useContext(AppModelContext);
  if (!model) throw new Error('useApp outside AppModelProvider');
  return model;
};

export const useAppState = <T>(selector: (state: WindowState) => T): T => useStore(useApp().store, selector);

export const useCommandEnabled = (id: CommandId): boolean => useAppState((state) => commands[id].enabled(commandContext(state)));

/** The first key of a command as the user sees it, or null. */
export const useShortcut = (id: CommandId): string | null => useAppState((s) => shortcutOf(id, isMac(), s.prefs.keys));

export const isMac = (): boolean => navigator.platform.startsWith('Mac');
