/** `sam2-video config`: the settings as every command has them, and where each is from. Changes nothing. */
import { settingKeys } from '../../shared/settings.ts';
import { problemLines, type SettingSource, sourceText } from '../services/settings/setting-layers.ts';
import { type EngineOptions, readSettings } from './headless.ts';
import { exitCodes } from './terminal.ts';

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const from = (source: SettingSource): string => (source.kind === 'default' ? 'default' : sourceText(source).replace(/^the /, ''));

/** @returns 1 where something can't be used */
export const runConfigCommand = async (options: EngineOptions & { json: boolean }): Promise<number> => {
  const service = readSettings(options);
  const { values, sources, problems, ignored } = service.layers;
  if (options.json) {
    const settings = Object.fromEntries(settingKeys.map((key) => [key, { value: values[key], source: sources[key] }]));
    process.stdout.write(`${JSON.stringify({ profile: service.view.profile, settings, problems, ignored }, null, 1)}\n`);
  } else {
    const rows = settingKeys.map((key) => [key, shown(values[key]), from(sources[key])] as const);
    const width = (column: 0 | 1): number => Math.min(48, Math.max(...rows.map((row) => row[column].length)));
    process.stdout.write(`profile: ${service.view.profile}\n`);
    for (const [key, value, source] of rows) process.stdout.write(`${key.padEnd(width(0))}  ${value.padEnd(width(1))}  ${source}\n`);
    for (const { variable, why } of ignored) process.stdout.write(`${variable} is accepted and does nothing. ${why}\n`);
  }
  for (const line of problemLines(problems)) process.stderr.write(`error: ${line}\n`);
  return problems.length > 0 ? exitCodes.failed : exitCodes.done;
};
