/** Live sources: which cameras may be opened, and what a source is called. */
import { basename } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { PlayedSource } from '../../shared/live.ts';
import { shownAddress } from './shown-address.ts';

const linuxCamera = /^\/dev\/(video\d+|v4l\/by-(id|path)\/[^/]+)$/;

/** Where a path names a camera, only a camera's path will do. @throws AppError `not-allowed` */
export const requireCamera = (deviceId: string, platform: NodeJS.Platform): void => {
  if (platform === 'linux' && !linuxCamera.test(deviceId))
    throw new AppError(
      'not-allowed',
      `${deviceId} is not a camera. Choose one from the list (sam2-video live --cameras), or use an address.`,
    );
};

/** What the user sees of a source: no name, no password. */
export const titleOf = (source: PlayedSource): string => {
  if (source.kind === 'network') return shownAddress(source.url);
  if (source.kind === 'file') return basename(source.path);
  return source.kind === 'camera' ? source.deviceId : source.name || 'Camera';
};
