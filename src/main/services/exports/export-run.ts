/** An export under way: what it needs of the app, and tells it. */
import type { EngineEvents } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';

export interface WrittenFile {
  name: string;
  path: string;
  /** What a reader of it has to know. */
  note?: string | undefined;
}

export interface ExportRun {
  id: string;
  appVersion: string;
  engine: () => EnginePeer;
  signal: AbortSignal;
  onWritten(file: WrittenFile): void;
  /** @param done frames of all files together */
  onProgress(done: number, total: number): void;
  /** Says who hears what the engine tells of this run; null at its end. */
  listen(listener: EngineExportListener | null): void;
}

export interface EngineExportListener {
  onProgress(event: EngineEvents['exportProgress']): void;
  onNeeds(event: EngineEvents['exportNeeds']): void;
}
