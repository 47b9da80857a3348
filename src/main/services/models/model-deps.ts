import type { AppState } from '../../../shared/contract/state.ts';
import type { Precision } from '../../engine/api/providers.ts';
import type { ModelUser } from '../base/model-user.ts';
import type { RunningOperation } from '../base/operations.ts';
import type { EnginePeer, SpawnEngine } from '../engine-link/engine-supervisor.ts';

/** What models need of the app around them. */
export interface ModelDeps {
  /** The running engine. @throws AppError `engine-lost` */
  peer(): EnginePeer;
  /** Starts another engine, for measuring a model that is not at work. */
  spawnEngine: SpawnEngine;
  /** Of the CPU, as the settings say now. */
  precision(): Precision;
  /** The open sessions, which go along with another model; whether one has tracked masks is for the notice. */
  sessions(): ModelUser & { hasResults: boolean };
  /** Tracking or an export is under way. */
  isWorking(): boolean;
  /** Shows work that takes a while. @throws what it throws, `cancelled` too */
  operate(kind: 'measure' | 'model', title: string, work: (running: RunningOperation) => Promise<void>, cancel: () => void): Promise<void>;
  onEngine(state: AppState['engine']['state'], message: string | null): void;
  /** Something a client mirrors has changed. */
  onChange(): void;
  notify(level: 'info' | 'warning', text: string): void;
}
