/** The licences of everything that comes in a package: what the window was bundled from, and what lies beside it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installOnly } from './check-package.ts';

interface PackageJson {
  name: string;
  version: string;
  license?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const readPackage = (folder: string): PackageJson => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson;

/** Packages that the window's sources import; the bundler puts them into its files. */
const importedByWindow = (root: string): Set<string> => {
  const names = new Set<string>();
  for (const entry of readdirSync(join(root, 'src/renderer'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || /\.test\.tsx?$/.test(entry.name)) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    for (const [, name] of text.matchAll(/\bfrom '((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^']*)?'/g)) if (!name!.startsWith('.')) names.add(name!);
  }
  return names;
};

/** @returns the text, with every package once */
const thirdPartyNotices = (root: string): string => {
  const own = readPackage(root);
  const found = new Map<string, string>();
  const add = (name: string, from: string): void => {
    // As Node looks: beside the package that asks, then further up.
    const places = [join(from, 'node_modules', name), join(root, 'node_modules', name)];
    const folder = places.find((place) => existsSync(join(place, 'package.json')));
    if (!folder) return;
    const { version, license = 'unknown licence', dependencies = {} } = readPackage(folder);
    const key = `${name} ${version}`;
    if (found.has(key)) return;
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entry));
    const text = file
      ? readFileSync(join(folder, file), 'utf8').trim()
      : `Its package has no licence text; its package.json says "${license}".`;
    found.set(key, `${key} (${license})\n\n${text}`);
    for (const inner of Object.keys(dependencies)) if (!installOnly[name]?.includes(inner)) add(inner, folder);
  };
  for (const name of importedByWindow(root)) add(name, root);
  for (const name of Object.keys({ ...own.dependencies, ...own.optionalDependencies })) add(name, root);
  const parts = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  return `${["SAM2 Video contains these packages. Electron's and Chromium's own licences lie beside the program.", ...parts].join(rule)}\n`;
};

/** Writes them where electron-builder.yml takes them from. */
export const writeNotices = (root: string): void => writeFileSync(join(root, 'out/THIRD-PARTY.txt'), thirdPartyNotices(root));
