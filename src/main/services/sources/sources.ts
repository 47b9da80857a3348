/** Everything that makes clips of what is none yet, and keeps them. */
import type { ProxyEnvironment } from '../download/download-address.ts';
import { ImportStore } from './import-store.ts';
import { type ClipUsers, ImportedClips } from './imported-clips.ts';
import { Imports } from './imports.ts';
import type { ImportsDeps } from './imports-deps.ts';
import { Uploads } from './uploads.ts';

export interface SourcesDeps extends Omit<ImportsDeps, 'store' | 'userAgent'>, ClipUsers {
  /** Imported clips lie here. */
  folder: string;
  appVersion: string;
  proxy: () => ProxyEnvironment;
}

export interface Sources {
  store: ImportStore;
  imports: Imports;
  uploads: Uploads;
  clips: ImportedClips;
}

export const createSources = (deps: SourcesDeps): Sources => {
  const store = new ImportStore(deps.folder);
  const importsDeps: ImportsDeps = { ...deps, store, userAgent: `SAM2-Video/${deps.appVersion}` };
  return { store, imports: new Imports(importsDeps), uploads: new Uploads(importsDeps), clips: new ImportedClips(store, deps) };
};
