/** What a path or an address is imported as, and what its clip is called. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { isNetworkAddress } from '../../common/addresses.ts';
import type { EngineInput } from '../../engine/api/protocol.ts';

export type Source = EngineInput<'importMedia'>['source'];

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

/**
 * What `path` is imported as; null for a file, which is opened as it is. A project's folder is not for here.
 * @param imagesPerSecond what a folder of pictures is played at, as it says nothing of it
 */
export const importSource = (path: string, imagesPerSecond: number): Source | null => {
  if (isNetworkAddress(path)) return { kind: 'network', url: path };
  return isFolder(path) ? { kind: 'images', folder: path, framesPerSecond: imagesPerSecond } : null;
};

/** A name that is one on every system. */
export const safeName = (name: string): string => {
  const plain = basename(name.replaceAll('\\', '/'))
    .replaceAll(/[^\p{L}\p{N}._ -]/gu, '_')
    .replace(/^\.+/, '')
    .trim();
  return plain.slice(-120) || 'clip';
};

export const nameOf = (source: Source): string => {
  if (source.kind !== 'network') return safeName(source.kind === 'images' ? source.folder : source.path);
  const { hostname, pathname } = new URL(source.url);
  return safeName(pathname.split('/').findLast((part) => part !== '') ?? hostname);
};
