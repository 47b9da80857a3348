/**
 * Documents stay true: files that they name exist, links and anchors hold, every decision is listed, and lines fit a
 * screen.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const most = 120;
const ignored = /^(node_modules|\.git|\.cache|out|dist|test-results|playwright-report)$|^\.venv/;

const list = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (ignored.test(entry.name)) return [];
    return entry.isDirectory() ? [`${path}/`, ...list(path)] : [path];
  });
const files = list('');
const documents = files.filter((path) => path.endsWith('.md'));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Lines of prose, each with its number; tables and code are left out. */
const prose = (text: string): { line: string; number: number }[] => {
  let isFenced = false;
  return text.split('\n').flatMap((line, index) => {
    if (line.startsWith('```')) isFenced = !isFenced;
    return isFenced || /^(\||```| {4,}\S)/.test(line) ? [] : [{ line, number: index + 1 }];
  });
};

/** The anchors GitHub gives to a page's headings. */
const anchors = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** A path in code font that says where something is: a source file, a document, or a folder of the repository. */
const named = (text: string): string[] =>
  [...text.matchAll(/`([\w./*-]+)`/g)]
    .map(([, path]) => path!)
    .filter(
      (path) =>
        /[\w*]\.(ts|tsx|mjs|yml|md)$/.test(path) ||
        /^(src|tests|e2e|bench|scripts|docs|models|resources|engine|services|renderer|shared)\/[\w/-]+\/?$/.test(path),
    );

/** A name may leave out the folders above: `services/models`, `engine.ts`. */
const exists = (path: string): boolean => {
  const pattern = path.replace(/\/$/, '').replaceAll('.', '\\.').replaceAll('*', '[^/]*');
  const regex = new RegExp(`(^|/)${pattern}/?$`);
  return files.some((file) => regex.test(file));
};

describe('documents', () => {
  it('are found', () => {
    expect(documents.length).toBeGreaterThan(45);
  });

  it.each(documents)('%s names files that exist', (path) => {
    expect(named(read(path)).filter((name) => !exists(name))).toEqual([]);
  });

  it.each(documents)('%s has links that hold', (path) => {
    const broken = [...read(path).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => {
        const [file, anchor] = target.split('#') as [string, string?];
        const to = file === '' ? path : join(dirname(path), file);
        if (!statSync(join(root, to), { throwIfNoEntry: false })) return true;
        return anchor !== undefined && !anchors(to).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  it.each(documents)(`%s has lines of at most ${most} columns`, (path) => {
    const long = prose(read(path)).filter(({ line }) => [...line].length > most && line.includes(' ', most / 2));
    expect(long.map(({ number }) => number)).toEqual([]);
  });

  it('say nothing of files outside the repository', () => {
    expect(
      documents.filter((path) => path !== 'CONTRIBUTING.md' && !path.startsWith('models/') && read(path).includes('../shared')),
    ).toEqual([]);
  });
});

describe('the map', () => {
  const map = read('ARCHITECTURE.md');

  it('has folders that exist', () => {
    const block = map.slice(map.indexOf('## Folders'), map.indexOf('## A click'));
    const above: string[] = [];
    const missing = [...block.matchAll(/^ {4}( *)((?:[\w-]+\/)+(?:, (?:[\w-]+\/)+)*)/gm)].flatMap(([, indent, names]) => {
      const depth = indent!.length / 2;
      const paths = names!.split(', ').map((name) => join('/', ...above.slice(0, depth), name).slice(1));
      above.splice(depth, above.length, paths[0]!.slice(above.slice(0, depth).join('').length));
      return paths.filter((path) => !files.includes(path));
    });
    expect(missing).toEqual([]);
  });

  it('walks by files alone', () => {
    const steps = [...map.matchAll(/^\| `([^`]+)`/gm)].map(([, path]) => path!);
    expect(steps.length).toBeGreaterThan(45);
    expect(steps.filter((path) => !/\/$/.test(path) && !exists(path))).toEqual([]);
  });
});

describe('decisions', () => {
  const records = documents.filter((path) => /^docs\/decisions\/(?!README)/.test(path));

  it('are all listed', () => {
    const listed = [...read('docs/decisions/README.md').matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => `docs/decisions/${name}`);
    expect(listed.sort()).toEqual([...records].sort());
  });

  it.each(records)('%s has a context, a decision and a consequence', (path) => {
    expect(read(path)).toMatch(/^# .+\n\n\*\*Context\.\*\* [\s\S]+\n\*\*Decision\.\*\* [\s\S]+\n\*\*Consequence\.\*\* /);
  });
});

describe('the glossary', () => {
  it('gives names that the code has, beside the official ones', () => {
    const code = files
      .filter((path) => /^src\/.*\.tsx?$/.test(path))
      .map(read)
      .join('\n');
    const rows = [...read('docs/glossary.md').matchAll(/^\| `[^|]*\| ([^|]*)\|/gm)].map(([, ours]) => ours!);
    const names = rows.flatMap((ours) => [...ours.matchAll(/`([A-Za-z]+)`/g)].map(([, name]) => name!));
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  });
});
