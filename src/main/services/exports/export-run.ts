/** An export under way: what it needs of the app, and tells it. */
import type { EngineEvents } from '../../engine/api/protocol.ts';
import type { Pace } from '../base/operations.ts';
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
  /** @param done of the frames that are exported, weighed over all files @param pace for the time left */
  onProgress(done: number, total: number, pace: Pace): void;
  /** Says who hears what the engine tells of this run; null at its end. */
  listen(listener: EngineExportListener | null): void;
}

export interface EngineExportListener {
  onProgress(event: EngineEvents['exportProgress']): void;
  onNeeds(event: EngineEvents['exportNeeds']): void;
}
