/** Imports run one way (.dependency-cruiser.mjs); each rule is shown to catch what it is there for. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

const cruise = (folder: string) => {
  const run = spawnSync(
    process.execPath,
    [join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'), 'src', '--config', join(root, '.dependency-cruiser.mjs')],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  return { code: run.status, text: run.stdout + run.stderr };
};

const forbidden = [
  ['shared-knows-nothing', 'src/shared/a.ts', '../main/engine/b.ts'],
  ['shared-has-no-io', 'src/shared/io.ts', 'node:fs'],
  ['common-knows-shared', 'src/main/common/a.ts', '../engine/b.ts'],
  ['engine-knows-shared', 'src/main/engine/a.ts', '../services/b.ts'],
  ['services-know-the-engines-api', 'src/main/services/a.ts', '../web/b.ts'],
  ['services-know-the-engines-api', 'src/main/services/inside.ts', '../engine/media/c.ts'],
  ['services-know-the-engines-api', 'src/main/services/type.ts', '../engine/server/c.ts'],
  ['web-knows-services', 'src/main/web/a.ts', '../cli/b.ts'],
  ['cli-knows-services-and-web', 'src/main/cli/a.ts', '../electron/b.ts'],
  ['cli-knows-services-and-web', 'src/main/cli/inside.ts', '../engine/export/c.ts'],
  ['electron-knows-services', 'src/main/electron/a.ts', '../web/b.ts'],
  ['electron-knows-services', 'src/main/electron/inside.ts', '../engine/server/c.ts'],
  ['renderer-knows-shared', 'src/renderer/a.ts', '../main/services/b.ts'],
  ['preload-knows-shared', 'src/preload/a.ts', '../main/services/b.ts'],
  ['electron-only-in-its-folder', 'src/main/services/electron.ts', 'electron'],
  ['entries-are-imported-for-types-alone', 'src/main/engine/entry.ts', './worker/inference-worker.ts'],
] as const;

let ran: ReturnType<typeof cruise> | null = null;
/** What is said of a tree in which every rule is broken once. */
const broken = (): ReturnType<typeof cruise> => {
  if (ran) return ran;
  const folder = mkdtempSync(join(tmpdir(), 'sam2-video-layers-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [, from, to] of forbidden) {
    write(from, `import { b } from '${to}';\nexport const a = b;\n`);
    if (to.startsWith('.')) write(join(dirname(from), to), 'export const b = 1;\n');
  }
  ran = cruise(folder);
  rmSync(folder, { recursive: true });
  return ran;
};

describe('layers', () => {
  it('hold in this repository', () => {
    const { code, text } = cruise(root);
    expect(text).toMatch(/no dependency violations found \((1\d\d|[2-9]\d\d|\d{4,}) modules/);
    expect(code).toBe(0);
  });

  it.each(forbidden)('%s', (rule, from, to) => {
    const [{ code, text }, target] = [broken(), to.startsWith('.') ? join(dirname(from), to) : to];
    expect(code).not.toBe(0);
    expect(text).toMatch(new RegExp(`${rule}: ${from} .*${target.replace(/^node:/, '')}`));
  });
});

describe('house rules', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

  it('names are kebab-case', () => {
    expect(sources.map((path) => path.slice(root.length)).filter((path) => !/^(\/[a-z0-9]+([-.][a-z0-9]+)*)+$/.test(path))).toEqual([]);
  });

  it('no file grows past 400 lines', () => {
    const long = sources.filter((path) => readFileSync(path, 'utf8').split('\n').length - 1 > 400);
    expect(long.map((path) => path.slice(root.length))).toEqual([]);
  });

  it('comments fit a screen: at most 120 columns', () => {
    const isComment = (path: string, line: string): boolean => (path.endsWith('.py') ? /^\s*#/ : /^\s*(\/\/|\/\*|\*)/).test(line);
    const long = ['src', 'tests', 'e2e', 'scripts', 'bench', 'models']
      .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs|css|py)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/[/\\](\.venv|fixtures|node_modules)[/\\]/.test(path))
      .flatMap((path) =>
        readFileSync(path, 'utf8')
          .split('\n')
          .flatMap((line, i) => (isComment(path, line) && [...line].length > 120 ? [`${path.slice(root.length)}:${i + 1}`] : [])),
      );
    expect(long).toEqual([]);
  });

  it('files get their names by common/atomic-file.ts, which has the patience that Windows needs', () => {
    // A folder that is swapped has a wait of its own; a log that can't be rotated grows for longer.
    const own = [
      '/src/main/common/atomic-file.ts',
      '/src/main/engine/model/installed/staged-folder.ts',
      '/src/main/services/base/app-log.ts',
    ];
    const renaming = sources.filter(
      (path) => !/\.test\.ts$|\/testing\//.test(path) && /\brename(Sync)?\(/.test(readFileSync(path, 'utf8')),
    );
    expect(renaming.map((path) => path.slice(root.length)).sort()).toEqual(own.sort());
  });

  it('what only Electron can run stays small', () => {
    const lines = sources
      .filter((path) => /\/main\/electron\/|\/main\/index\.ts$|\/preload\//.test(path) && !path.endsWith('.test.ts'))
      .reduce((sum, path) => sum + readFileSync(path, 'utf8').split('\n').length - 1, 0);
    expect(lines).toBeGreaterThan(400);
    expect(lines).toBeLessThan(800);
  });

  it('Electron is told of nothing it must not be', () => {
    const text = sources
      .filter((path) => /\/main\/|\/preload\//.test(path) && !path.endsWith('.test.ts'))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    for (const setting of [
      'nodeIntegration: true',
      'contextIsolation: false',
      'sandbox: false',
      'webSecurity: false',
      'allowRunningInsecureContent: true',
      'experimentalFeatures: true',
      'enableBlinkFeatures',
      'nodeIntegrationInWorker: true',
      'nodeIntegrationInSubFrames: true',
      'webviewTag: true',
      'bypassCSP',
      'openExternal(',
      'loadFile(',
      'file:///',
    ]) {
      expect(text).not.toContain(setting);
    }
  });
});
