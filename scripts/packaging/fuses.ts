/** Reads the fuses of an Electron program: a row of characters behind a known text in the file. */
import { readFileSync } from 'node:fs';

const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** In the order of the row (Electron's tutorial "fuses", version 1). */
const names = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
] as const;

export type Fuses = Partial<Record<(typeof names)[number], boolean>>;

/** @param program the executable; on macOS the "Electron Framework" */
export const readFuses = (program: string): Fuses => {
  const bytes = readFileSync(program);
  const at = bytes.indexOf(sentinel);
  if (at < 0) throw new Error(`${program} is no Electron program: it has no fuses`);
  const row = at + sentinel.length;
  if (bytes[row] !== 1) throw new Error(`${program} has fuses of an unknown version, ${bytes[row]}`);
  const fuses: Fuses = {};
  for (const [i, name] of names.slice(0, bytes[row + 1]).entries()) fuses[name] = bytes[row + 2 + i] === '1'.charCodeAt(0);
  return fuses;
};

/** What a flavour must have; Playwright needs the inspector's arguments. */
export const wantedFuses = (flavour: 'release' | 'test'): Fuses => ({
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: flavour === 'test',
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  grantFileProtocolExtraPrivileges: false,
});
