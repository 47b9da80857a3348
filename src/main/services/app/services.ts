/** The app's parts as hosts and the app's own methods see them. */
import type { AppState } from '../../../shared/contract/state.ts';
import type { DoctorReport } from '../../../shared/doctor.ts';
import type { AppLog } from '../base/app-log.ts';
import type { ClientLink, Connection } from '../base/handlers.ts';
import type { Notices } from '../base/notices.ts';
import type { Operations } from '../base/operations.ts';
import type { FindRuns } from '../discovery/find-runs.ts';
import type { AppEngine } from '../engine-link/app-engine.ts';
import type { Exports } from '../exports/exports.ts';
import type { ModelService } from '../models/model-service.ts';
import type { Projects } from '../project/projects.ts';
import type { SettingsService } from '../settings/settings-service.ts';
import type { Sources } from '../sources/sources.ts';
import type { LiveService } from '../streams/live-service.ts';
import type { StreamService } from '../streams/stream-service.ts';
import type { TrackRuns } from '../tracking/track-runs.ts';
import type { Clients } from './clients.ts';
import type { Sessions } from './sessions.ts';

export interface Services {
  readonly appVersion: string;
  readonly sessions: Sessions;
  readonly operations: Operations;
  readonly runs: TrackRuns;
  readonly find: FindRuns;
  readonly exports: Exports;
  readonly live: LiveService;
  readonly streams: StreamService;
  readonly sources: Sources;
  readonly models: ModelService;
  readonly projects: Projects;
  readonly settings: SettingsService;
  readonly notices: Notices;
  readonly log: AppLog;
  readonly engine: AppEngine;
  readonly clients: Clients;
  /** What every client mirrors. */
  readonly state: AppState;
  /** Lines of the host's own for a report. */
  readonly hostDetails: () => readonly string[];
  /** What this machine has of what the app needs. */
  examine(): Promise<DoctorReport>;
  /** @throws AppError `not-allowed` for a path that a client may not use */
  checkPath(path: string): Promise<void>;
  /** For the host itself: told of every state that clients are. @returns unsubscribe */
  onState(listener: (state: AppState) => void): () => void;
  /** Attaches a client: it is greeted, given the state, and then answered until it closes. */
  connect(link: ClientLink): Connection;
  /** Starts the engine and loads the model; what fails is in `state.engine`, for the window to show. */
  start(): Promise<void>;
  close(): Promise<void>;
}
