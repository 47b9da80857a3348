/** docs/settings.md and resources/deploy against the table. `UPDATE_DOCS=1` writes the table of the document. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layerSettings } from '../../src/main/services/settings/setting-layers.ts';
import { ignoredVariables } from '../../src/shared/setting-variables.ts';
import { profileNames, type SettingSpec, settingKeys, settings } from '../../src/shared/settings.ts';
import { planVariables } from '../../src/shared/testing/plan-variables.ts';

const root = resolve(import.meta.dirname, '../..');
const path = join(root, 'docs/settings.md');

const shown = (value: unknown): string => (typeof value === 'object' && value !== null ? 'see the window' : `${value ?? 'none'}`);

const rangeOf = ({ choices, kind, min, max, unit }: SettingSpec): string => {
  if (choices) return choices.map(({ value }) => value).join(', ');
  if (kind === 'number') return `${min} to ${max}${unit ? ` ${unit}` : ''}`;
  return kind === 'switch' ? 'true, false' : kind === 'folder' ? 'a path' : 'JSON';
};

const rows = (): string[] => [
  '| setting | default | may be | profiles | other variable |',
  '|---|---|---|---|---|',
  ...settingKeys.map((key) => {
    const spec: SettingSpec = settings[key];
    const profiles = spec.profiles && spec.kind !== 'memory' ? profileNames.map((name) => shown(spec.profiles![name])).join(' / ') : '';
    const variable = spec.variable ? `\`${spec.variable}\`` : '';
    return `| \`${key}\` ${spec.title} | ${shown(spec.default)} | ${rangeOf(spec)} | ${profiles} | ${variable} |`;
  }),
];

describe('docs/settings.md', () => {
  it('has the table as it is', () => {
    const text = readFileSync(path, 'utf8');
    const table = /\| setting \|[\s\S]*?(?=\n\n)/.exec(text)?.[0] ?? '';
    if (process.env.UPDATE_DOCS) writeFileSync(path, text.replace(table, rows().join('\n')));
    else expect(table.split('\n')).toEqual(rows());
  });

  it('names every variable that does nothing, and every exit code', () => {
    const text = readFileSync(path, 'utf8');
    for (const name of Object.keys(ignoredVariables)) expect(text).toContain(`\`${name}\``);
    const codes = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    const help = /Exit codes: ([^']+)'/.exec(readFileSync(join(root, 'src/main/cli/index.ts'), 'utf8'))![1]!;
    expect(codes).toEqual([...help.matchAll(/(\d+) /g)].map(([, code]) => Number(code)));
  });
});

describe('resources/deploy', () => {
  const read = (name: string): string => readFileSync(join(root, 'resources/deploy', name), 'utf8');
  const own = ['SAM2_VIDEO_DATA', 'SAM2_VIDEO_FFMPEG'];
  const files = {
    'sam2-video.service': (text: string) => [...text.matchAll(/^#?Environment=(\w+)=(.*)$/gm)],
    Dockerfile: (text: string) => [...text.matchAll(/^ENV (\w+)=(.*)$/gm)],
    'compose.yml': (text: string) => [...text.matchAll(/^ {6}([A-Z][A-Z0-9_]+): "?([^"\n]*)"?$/gm)],
  };

  it.each(Object.entries(files))('%s sets variables that exist to values that are allowed, and says that it was not run', (name, find) => {
    const text = read(name);
    const found = find(text).map(([, variable, value]) => [variable!, value!] as const);
    expect(found.length).toBeGreaterThan(0);
    const { problems } = layerSettings({
      ...{ env: Object.fromEntries(found), file: { name: '', values: {} }, flags: [], window: {} },
    });
    expect(problems).toEqual([]);
    const known = new Set([...planVariables(), ...own]);
    expect(found.map(([variable]) => variable).filter((variable) => !known.has(variable))).toEqual([]);
    expect(text).toContain('has not been run');
  });

  it('has every variable of the plan that does something, in the compose file', () => {
    const text = read('compose.yml');
    const missing = planVariables().filter((name) => !(name in ignoredVariables) && !text.includes(`${name}:`));
    expect(missing).toEqual([]);
  });
});
