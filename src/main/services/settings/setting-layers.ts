/**
 * What the settings are and where each is from. A layer goes over those before it:
 * default < profile < file < environment < flag < window. Pure, so that every command, the window and
 * `sam2-video config` agree.
 */
import { fieldVariables, ignoredVariables, profileVariables, variablesOf } from '../../../shared/setting-variables.ts';
import {
  defaultSettings,
  isSettingKey,
  type ProfileName,
  profileNames,
  profileValues,
  type SettingKey,
  type SettingSpec,
  type SettingValues,
  settingKeys,
  settings,
} from '../../../shared/settings.ts';

export interface SettingSource {
  kind: 'default' | 'profile' | 'file' | 'environment' | 'flag' | 'window';
  /** The profile, the file, the variable or the option; empty for a default and the window. */
  name: string;
}

/** A value that can't be used. The layer below it counts. */
export interface SettingProblem {
  key: string;
  source: SettingSource;
  /** As it was written. */
  value: string;
  /** What may stand there, e.g. "1 to 60 frames/s". */
  allowed: string;
}

/** Something on the command line, as text or as a value that an option has made of it. */
export interface SettingFlag {
  key: string;
  value: unknown;
  /** As the user wrote it: `--threads`. */
  name: string;
}

export interface SettingInputs {
  file: { name: string; values: Readonly<Record<string, unknown>> };
  env: NodeJS.ProcessEnv;
  flags: readonly SettingFlag[];
  /** `--profile`. */
  profile?: string | undefined;
  window: Readonly<Partial<SettingValues>>;
}

export interface LayeredSettings {
  values: SettingValues;
  sources: Record<SettingKey, SettingSource>;
  problems: SettingProblem[];
  /** Variables that are set and do nothing, and why. */
  ignored: { variable: string; why: string }[];
  /** What counts where neither file nor anything after it says something. */
  base: SettingValues;
}

/** What a setting may be, in words. */
const allowedText = (key: SettingKey): string => {
  const { kind, choices, min, max, unit }: SettingSpec = settings[key];
  if (choices) return choices.map(({ value }) => value).join(', ');
  if (kind === 'number') return `${min} to ${max}${unit ? ` ${unit}` : ''}`;
  if (kind === 'switch') return 'true or false';
  return kind === 'folder' ? 'a path' : 'JSON as the settings file has it';
};

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

/** A value written as text, as in a variable of the environment. What can't be one stays text, and is refused. */
export const valueOfText = (key: SettingKey, text: string): unknown => {
  const { kind }: SettingSpec = settings[key];
  if (kind === 'switch') return words[text.trim().toLowerCase()] ?? text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export const layerSettings = ({ file, env, flags, profile, window }: SettingInputs): LayeredSettings => {
  const problems: SettingProblem[] = [];
  const values: Record<string, unknown> = { ...defaultSettings };
  const sources = Object.fromEntries(settingKeys.map((key) => [key, { kind: 'default', name: '' }])) as Record<SettingKey, SettingSource>;
  const put = (key: string, value: unknown, source: SettingSource): void => {
    if (!isSettingKey(key)) {
      problems.push({ key, source, value: shown(value), allowed: 'the name of a setting; "sam2-video config" lists them' });
      return;
    }
    const parsed = settings[key].schema.safeParse(value);
    if (!parsed.success) {
      problems.push({ key, source, value: shown(value), allowed: allowedText(key) });
      return;
    }
    values[key] = parsed.data;
    sources[key] = source;
  };

  const variable = profileVariables.find((name) => env[name]);
  const chosen = profile ?? (variable && env[variable]);
  if (chosen !== undefined) {
    const source: SettingSource = profile === undefined ? { kind: 'environment', name: variable! } : { kind: 'flag', name: '--profile' };
    if ((profileNames as readonly string[]).includes(chosen))
      for (const [key, value] of Object.entries(profileValues(chosen as ProfileName))) put(key, value, { kind: 'profile', name: chosen });
    else problems.push({ key: 'profile', source, value: chosen, allowed: profileNames.join(', ') });
  }
  const base = { ...values } as SettingValues;

  // A file may be of another version: what this one does not know stays in it.
  for (const [key, value] of Object.entries(file.values)) if (isSettingKey(key)) put(key, value, { kind: 'file', name: file.name });

  for (const { variable: name, key, field } of fieldVariables) {
    const text = env[name];
    if (text) put(key, { ...(values[key] as object), [field]: valueOfText(key, text) }, { kind: 'environment', name });
  }
  for (const key of settingKeys) {
    const name = variablesOf(key).find((each) => env[each]);
    if (name) put(key, valueOfText(key, env[name]!), { kind: 'environment', name });
  }

  for (const { key, value, name } of flags)
    put(key, typeof value === 'string' && isSettingKey(key) ? valueOfText(key, value) : value, { kind: 'flag', name });
  for (const [key, value] of Object.entries(window)) put(key, value, { kind: 'window', name: '' });

  const ignored = Object.entries(ignoredVariables).flatMap(([name, why]) => (env[name] ? [{ variable: name, why }] : []));
  return { values: values as SettingValues, sources, problems, ignored, base };
};

/** "the environment variable TARGET_FPS". */
export const sourceText = ({ kind, name }: SettingSource): string => {
  if (kind === 'environment') return `the environment variable ${name}`;
  if (kind === 'flag') return `the option ${name}`;
  if (kind === 'file') return `the settings file ${name}`.trimEnd();
  if (kind === 'profile') return `the profile "${name}"`;
  return kind === 'window' ? 'the window' : 'the default';
};

/** A line for each problem: key, value, range, source. */
export const problemLines = (problems: readonly SettingProblem[]): string[] =>
  problems.map(({ key, value, allowed, source }) => `${key}: ${sourceText(source)} says "${value}"; use ${allowed}`);
