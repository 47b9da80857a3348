/** What importing needs of the app, and what both ways of it do alike. */
import { AppError } from '../../../shared/errors.ts';
import type { Operations } from '../base/operations.ts';
import type { ProxyEnvironment } from '../download/download-address.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { freeBytes } from '../exports/export-estimate.ts';
import type { ImportStore } from './import-store.ts';

export interface ImportsDeps {
  store: ImportStore;
  operations: Operations;
  engine: () => EnginePeer;
  cancelRun: (id: string) => void;
  /** Opens a clip as a session. */
  open: (path: string) => Promise<{ id: string }>;
  notify: (level: 'info' | 'warning', text: string) => void;
  proxy: () => ProxyEnvironment;
  userAgent: string;
}

/** This much of the disk is left alone. */
const reserveBytes = 256 * 2 ** 20;

/** @throws AppError `disk-full` when so many bytes more would leave too little of the disk */
export const requireImportRoom = async ({ store: { folder } }: ImportsDeps, bytes = 0): Promise<void> => {
  const free = await freeBytes(folder);
  if (free !== null && free < bytes + reserveBytes)
    throw new AppError('disk-full', `${folder} has too little free space. Free some and try again.`, { details: { free, bytes } });
};

/** One at a time. @throws AppError `busy` */
export const requireNoImport = ({ operations }: ImportsDeps): void => {
  if (operations.isRunning('import')) throw new AppError('busy', 'A download is already running. Wait until it is done, or cancel it.');
};
