/** The user's settings: what is kept, what environment and command line say, profiles and reset. */
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import {
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
import { type LayeredSettings, layerSettings, problemLines, type SettingFlag, sourceText } from './setting-layers.ts';
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

/** What this run was started with. */
export interface SettingsOfRun {
  env: NodeJS.ProcessEnv;
  flags?: readonly SettingFlag[] | undefined;
  /** `--profile`. */
  profile?: string | undefined;
}

export class SettingsService {
  readonly #store: SettingsStore;
  readonly #deps: SettingsDeps;
  readonly #run: SettingsOfRun;
  /** What was set since the start: it counts, whatever environment and command line say. */
  #window: Partial<SettingValues> = {};
  /** As kept: values this version does not know stay. */
  #kept: Record<string, unknown> = {};
  #isReadOnly = false;

  constructor(store: SettingsStore, deps: SettingsDeps, run: SettingsOfRun) {
    this.#store = store;
    this.#deps = deps;
    this.#run = run;
    this.#load();
    const problems = this.layers.problems.filter(({ source }) => source.kind !== 'file');
    if (problems.length > 0)
      deps.notify('warning', `Some settings can't be used and are left as they are. ${problemLines(problems).join('. ')}.`);
  }

  /** Every setting with its source, and what could not be used. */
  get layers(): LayeredSettings {
    const { env, flags = [], profile } = this.#run;
    const file = { name: this.#store.path, values: this.#kept };
    return layerSettings({ file, env, flags, profile, window: this.#window });
  }

  get values(): SettingValues {
    return this.layers.values;
  }

  get view(): SettingsState {
    const { values, sources } = this.layers;
    const decidedBy = settingKeys.flatMap((key) => {
      const { kind } = sources[key];
      return kind === 'environment' || kind === 'flag' ? [[key, sourceText(sources[key])]] : [];
    });
    return { values, profile: profileOf(values), decidedBy: Object.fromEntries(decidedBy) };
  }

  /** @throws AppError `bad-request` for a key or value that is none */
  set(key: string, value: unknown): void {
    if (!isSettingKey(key)) throw new AppError('bad-request', `There is no setting "${key}".`);
    const parsed = settings[key].schema.safeParse(value);
    if (!parsed.success)
      throw new AppError(
        'bad-request',
        `${settings[key].title} can't have that value: ${parsed.error.issues[0]?.message}. The settings show what is allowed.`,
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
    const { base } = this.layers;
    const isUsual = (key: SettingKey, value: unknown): boolean =>
      [settings[key].default, base[key]].every((usual) => JSON.stringify(value) === JSON.stringify(usual));
    this.#kept = Object.fromEntries(
      Object.entries(merged).filter(([key, value]) => value !== undefined && !(isSettingKey(key) && isUsual(key, value))),
    );
    this.#window = Object.fromEntries(Object.entries({ ...this.#window, ...change }).filter(([, value]) => value !== undefined));
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
}
