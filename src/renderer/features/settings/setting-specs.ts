/**
 * Every setting as data: what the window of settings is made from. Ranges and defaults come from the schemas that check
 * them.
 */
import { z } from 'zod';
import { type MemorySettings, memorySettingsSchema } from '../../../shared/memory-settings.ts';
import { type SettingSpec as HostSettingSpec, type SettingKey, settingKeys, settings } from '../../../shared/settings.ts';
import type { AppModel } from '../../app/app-model.ts';
import { defaultPreferences, type Preferences } from '../../state/preferences.ts';
import { setPreference } from '../../state/remember-preferences.ts';
import type { WindowState } from '../../state/window-state.ts';
import { settingsText as text } from './strings.ts';

export type SettingValue = string | number | boolean;

export interface SettingSpec {
  id: string;
  group: string;
  label: string;
  /** What it changes, in a sentence. */
  effect: string;
  unit?: string;
  usual: SettingValue;
  kind:
    | { type: 'choice'; choices: readonly { value: string | number; label: string }[] }
    | { type: 'number'; least: number; most: number; step: number }
    | { type: 'switch' }
    | { type: 'text'; hint: string }
    /** Set in a dialog of its own. */
    | { type: 'dialog'; open(app: AppModel): void };
  /** Other words it may be looked for by. */
  keywords?: string;
  /** What decided it when the app was started, in words. */
  decidedBy?(state: WindowState): string | null;
  /** null: it can't be set now. */
  read(state: WindowState): SettingValue | null;
  write(app: AppModel, value: SettingValue): void;
}

type Kind = SettingSpec['kind'];

const decidedBy =
  (key: SettingKey) =>
  (state: WindowState): string | null =>
    state.host?.settings.decidedBy[key] ?? null;

const preference = <K extends keyof Preferences>(
  key: K,
  group: string,
  words: { label: string; effect: string },
  kind: Kind,
  unit?: string,
): SettingSpec => ({
  id: key,
  group,
  ...words,
  ...(unit && { unit }),
  usual: defaultPreferences[key] as SettingValue,
  kind,
  ...(key === 'theme' && { keywords: settings['ui.theme'].keywords, decidedBy: decidedBy('ui.theme') }),
  read: (state) => state.prefs[key] as SettingValue,
  write: ({ store }, value) => setPreference(store, { [key]: value }),
});

const plain = (values: readonly string[]) => values.map((value) => ({ value, label: value }));

const switching: Kind = { type: 'switch' };

/** Those with a row here; where panels are dragged to is not a setting. */
const preferenceKeys = [
  'theme',
  'fillOpacity',
  'areContoursShown',
  'playingQuality',
  'clock',
  'isSideShown',
  'isTimelineShown',
  'areHintsDismissed',
  'brushSize',
  'keys',
] as const;

const looks: SettingSpec[] = [
  preference('theme', text.groups.look, text.look.theme, { type: 'choice', choices: settings['ui.theme'].choices }),
  preference('fillOpacity', text.groups.look, text.look.fillOpacity, { type: 'number', least: 0, most: 0.9, step: 0.05 }),
  preference('areContoursShown', text.groups.look, text.look.areContoursShown, switching),
  preference('playingQuality', text.groups.look, text.look.playingQuality, { type: 'choice', choices: plain(['automatic', 'full']) }),
  preference('clock', text.groups.look, text.look.clock, { type: 'choice', choices: plain(['time', 'timecode']) }),
  preference('isSideShown', text.groups.look, text.look.isSideShown, switching),
  preference('isTimelineShown', text.groups.look, text.look.isTimelineShown, switching),
  preference('areHintsDismissed', text.groups.look, text.look.areHintsDismissed, switching),
  preference('brushSize', text.groups.tools, text.tools.brushSize, { type: 'number', least: 2, most: 400, step: 1 }, 'px'),
];

/** What JSON Schema says of one field; only what is needed here. */
const fieldSchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.union([z.string(), z.number(), z.boolean()]),
});

/** As the open clip is tracked; with none open, as the next one will be. */
const memoryOf = ({ host, session }: WindowState): MemorySettings | null =>
  session?.memory.settings ?? host?.settings.values['track.memory'] ?? null;

const memorySpecs = (): SettingSpec[] => {
  const properties = z.toJSONSchema(memorySettingsSchema, { io: 'input' }).properties ?? {};
  return Object.entries(properties).flatMap(([key, raw]): SettingSpec[] => {
    const field = fieldSchema.parse(raw);
    const words = text.memory[key] ?? { label: key, effect: '' };
    const isWhole = field.type === 'integer';
    return [
      {
        id: `memory.${key}`,
        group: text.groups.memory,
        ...words,
        usual: field.default,
        kind: field.enum
          ? { type: 'choice', choices: plain(field.enum) }
          : { type: 'number', least: field.minimum ?? 0, most: field.maximum ?? 1, step: isWhole ? 1 : 0.05 },
        keywords: settings['track.memory'].keywords,
        decidedBy: decidedBy('track.memory'),
        read: (state) => memoryOf(state)?.[key as keyof MemorySettings] ?? null,
        write: ({ client, callSession, store, attempt }, value) => {
          const state = store.getState();
          const known = memoryOf(state);
          if (!known) return;
          const memory = { ...known, [key]: value };
          // For the clip on screen, and for those that are opened later.
          if (state.session) void attempt(callSession('session.setMemory', { memory }));
          void attempt(client.call('settings.set', { key: 'track.memory', value: memory }));
        },
      },
    ];
  });
};

const kindOf = ({ kind, choices = [], min = 0, max = 1, step = 1 }: HostSettingSpec): Kind => {
  if (kind === 'folder') return { type: 'text', hint: text.folderHint };
  if (kind === 'switch') return switching;
  return kind === 'choice' ? { type: 'choice', choices } : { type: 'number', least: min, most: max, step };
};

/** Those the host keeps. Theme and keys are here already, and the memory has rows of its own. */
const hostSpecs = (): SettingSpec[] =>
  settingKeys.flatMap((key): SettingSpec[] => {
    const spec: HostSettingSpec = settings[key];
    if (key === 'ui.theme' || spec.kind === 'memory' || spec.kind === 'keys') return [];
    return [
      {
        id: key,
        group: spec.group,
        label: spec.title,
        effect: spec.needsRestart ? `${spec.effect} ${text.restart}` : spec.effect,
        ...(spec.unit && { unit: spec.unit }),
        keywords: spec.keywords,
        usual: (spec.default ?? '') as SettingValue,
        kind: kindOf(spec),
        decidedBy: decidedBy(key),
        read: (state) => (state.host ? ((state.host.settings.values[key] ?? '') as SettingValue) : null),
        write: ({ client, attempt }, value) =>
          void attempt(client.call('settings.set', { key, value: spec.kind === 'folder' && value === '' ? null : value })),
      },
    ];
  });

const keysSpec: SettingSpec = {
  id: 'keys.overrides',
  group: settings['keys.overrides'].group,
  label: settings['keys.overrides'].title,
  effect: settings['keys.overrides'].effect,
  keywords: settings['keys.overrides'].keywords,
  usual: text.keysChanged(0),
  kind: { type: 'dialog', open: ({ store }) => store.setState({ dialog: 'shortcuts' }) },
  decidedBy: decidedBy('keys.overrides'),
  read: (state) => text.keysChanged(Object.keys(state.prefs.keys).length),
  // The only value it is given here is its default.
  write: ({ store }) => setPreference(store, { keys: {} }),
};

export const settingSpecs: readonly SettingSpec[] = [...looks, ...hostSpecs(), ...memorySpecs(), keysSpec];

/** Everything as it comes with the app: what this window remembers of its looks, and what the host keeps. */
export const resetAllSettings = ({ client, store, attempt }: AppModel): void => {
  const usual = Object.fromEntries(preferenceKeys.map((key) => [key, defaultPreferences[key]]));
  setPreference(store, usual);
  void attempt(client.call('settings.reset', {}));
};

export const searchSettings = (query: string): SettingSpec[] => {
  const words = query.trim().toLowerCase().split(/\s+/);
  return settingSpecs.filter(({ label, effect, group, id, kind, keywords = '' }) => {
    const choices = kind.type === 'choice' ? kind.choices.map((choice) => choice.label).join(' ') : '';
    const all = `${label} ${effect} ${group} ${id} ${keywords} ${choices}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
};
