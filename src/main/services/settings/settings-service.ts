/** The user's settings: defaults, what is kept, what the environment says, profiles and reset. */
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import {
  defaultSettings,
  environmentName,
  isSettingKey,
  type ProfileName,
  profileOf,
  profileValues,
  type SettingKey,
  type SettingsState,
  type SettingValues,
  settingKeys,
  settings,
} from '../../../shared/settings.ts';
import type { SettingsStore } from './settings-store.ts';

const version = 2;
const fileSchema = z.object({ version: z.number().int().positive(), values: z.record(z.string(), z.unknown()) });
type SettingsFile = z.infer<typeof fileSchema>;

/** By version: what makes the next one of it. */
const migrations: Record<number, (file: SettingsFile) => SettingsFile> = {
  // There is one language; a choice of it is kept when there is another.
  1: ({ values: { 'ui.language': _, ...values } }) => ({ version: 2, values }),
};

export interface SettingsDeps {
  onChange(changed: ReadonlySet<SettingKey>): void;
  notify(level: 'info' | 'warning', text: string): void;
}

export class SettingsService {
  readonly #store: SettingsStore;
  readonly #deps: SettingsDeps;
  readonly #overrides: Partial<SettingValues>;
  /** As kept: values this version does not know stay. */
  #kept: Record<string, unknown> = {};
  #isReadOnly = false;

  constructor(store: SettingsStore, deps: SettingsDeps, env: NodeJS.ProcessEnv = process.env) {
    this.#store = store;
    this.#deps = deps;
    this.#load();
    this.#overrides = this.#fromEnvironment(env);
  }

  get values(): SettingValues {
    const known = Object.fromEntries(
      settingKeys.flatMap((key) => {
        const value = settings[key].schema.safeParse(this.#kept[key]);
        return this.#kept[key] !== undefined && value.success ? [[key, value.data]] : [];
      }),
    );
    return { ...defaultSettings, ...known, ...this.#overrides };
  }

  get view(): SettingsState {
    const { values } = this;
    return { values, profile: profileOf(values), overridden: settingKeys.filter((key) => key in this.#overrides) };
  }

  /** @throws AppError `bad-request` for a key or value that is none, `not-allowed` for one the environment decides */
  set(key: string, value: unknown): void {
    if (!isSettingKey(key)) throw new AppError('bad-request', `There is no setting "${key}".`);
    const parsed = settings[key].schema.safeParse(value);
    if (!parsed.success)
      throw new AppError(
        'bad-request',
        `${settings[key].title} can't have that value: ${parsed.error.issues[0]?.message}. The settings show what is allowed.`,
      );
    if (key in this.#overrides)
      throw new AppError(
        'not-allowed',
        `${settings[key].title} is set by the environment variable ${environmentName(key)}. Unset it first.`,
      );
    this.#change({ [key]: parsed.data });
  }

  /** @param key undefined = all */
  reset(key?: string): void {
    if (key !== undefined && !isSettingKey(key)) throw new AppError('bad-request', `There is no setting "${key}".`);
    const keys = key === undefined ? settingKeys : [key];
    this.#change(Object.fromEntries(keys.map((each) => [each, undefined])));
  }

  useProfile(profile: ProfileName): void {
    this.#change(profileValues(profile));
  }

  #change(change: Record<string, unknown>): void {
    const before = this.values;
    const merged = { ...this.#kept, ...change };
    this.#kept = Object.fromEntries(
      Object.entries(merged).filter(
        ([key, value]) => value !== undefined && !(isSettingKey(key) && JSON.stringify(value) === JSON.stringify(settings[key].default)),
      ),
    );
    this.#save();
    const after = this.values;
    this.#deps.onChange(new Set(settingKeys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))));
  }

  #save(): void {
    if (this.#isReadOnly) return;
    try {
      this.#store.write({ version, values: this.#kept });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#deps.notify('warning', `The settings could not be saved (${reason}). They apply until the app closes.`);
    }
  }

  #load(): void {
    try {
      const raw = this.#store.read();
      if (raw === null) return;
      let file = fileSchema.parse(raw);
      for (let step = migrations[file.version]; step; step = migrations[file.version]) file = step(file);
      this.#kept = file.values;
      if (file.version <= version) return;
      this.#isReadOnly = true;
      this.#deps.notify('warning', 'The settings come from a newer version of the app. Known ones are used; the file is not changed.');
    } catch {
      this.#setAside();
    }
  }

  #setAside(): void {
    let where = '';
    try {
      where = this.#store.setAside();
    } catch {
      // A file that can't be moved is not written over either.
      this.#isReadOnly = true;
    }
    const kept = where ? ` The old file is now ${where}.` : '';
    this.#deps.notify('warning', `The settings could not be read, so the defaults are used.${kept}`);
  }

  #fromEnvironment(env: NodeJS.ProcessEnv): Partial<SettingValues> {
    const entries = settingKeys.flatMap((key) => {
      const text = env[environmentName(key)];
      if (text === undefined || text === '') return [];
      const parsed = settings[key].schema.safeParse(asValue(text));
      if (parsed.success) return [[key, parsed.data]];
      this.#deps.notify(
        'warning',
        `${environmentName(key)} holds "${text}", which is not a valid value of ${settings[key].title}. It is ignored.`,
      );
      return [];
    });
    return Object.fromEntries(entries);
  }
}

const asValue = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
