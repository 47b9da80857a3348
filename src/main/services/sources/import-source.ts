/** What a path or an address is imported as, and what its clip is called. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type FrameRate, parseFrameRate } from '../../../shared/frame-rate.ts';
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
 * @param rate what a folder of pictures is played at, as it says nothing of it
 */
export const importSource = (path: string, rate: FrameRate): Source | null => {
  if (isNetworkAddress(path)) return { kind: 'network', url: path };
  return isFolder(path) ? { kind: 'images', folder: path, rate } : null;
};

/** What the settings say of folders of pictures, as the number that was typed. */
export const imageRateOf = (settings: { 'import.imagesPerSecond': number }): FrameRate =>
  parseFrameRate(String(settings['import.imagesPerSecond'])) ?? { num: 25, den: 1 };

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
