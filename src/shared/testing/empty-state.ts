/** Parts of a state in which nothing has happened yet. */
import { defaultMemorySettings } from '../memory-settings.ts';
import { noTreeEvents, type SessionMemory } from '../memory-tree.ts';
import type { ModelsState } from '../models.ts';
import type { HistoryState } from '../session-state.ts';
import { defaultSettings, type SettingsState } from '../settings.ts';

export const noSettings: SettingsState = { values: defaultSettings, profile: 'balanced', decidedBy: {} };

export const noModels: ModelsState = {
  entries: [],
  active: null,
  loading: null,
  isSwitching: false,
  speeds: [],
  isMeasuring: false,
  proxy: null,
};

export const noHistory: HistoryState = { undo: null, redo: null };

export const noSessionMemory = (): SessionMemory => ({
  settings: defaultMemorySettings,
  counters: noTreeEvents(),
  switches: [],
  revision: 0,
});
