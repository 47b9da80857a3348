/** What a host says of itself when it makes the app's services. */
import type { HostInfo } from '../../../shared/contract.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import type { EngineInput } from '../../engine/api/protocol.ts';
import type { SpawnEngine } from '../engine-link/engine-supervisor.ts';
import type { BringFfmpegOptions } from '../ffmpeg/bring-ffmpeg.ts';
import type { ModelOptions } from '../models/create-models.ts';
import type { SettingsOptions } from '../settings/create-settings.ts';
import type { StreamDeps } from '../streams/stream-deps.ts';
import type { StreamStore } from '../streams/stream-store.ts';

export interface ServicesOptions extends ModelOptions, SettingsOptions {
  host: HostInfo['host'];
  spawnEngine: SpawnEngine;
  /**
   * Where ffmpeg is missing it is fetched, or installed when `ask` says so; without this the user is told what to do.
   */
  bringsFfmpeg?: (Pick<BringFfmpegOptions, 'ask'> & { tell?: BringFfmpegOptions['tell'] }) | undefined;
  /** A clip that is opened as soon as the engine is ready: it is looked at while the model loads. */
  firstClip?: string | undefined;
  /** How objects are remembered until somebody sets it; default: one path, as SAM 2. */
  memory?: MemorySettings | undefined;
  /** Other times than the usual for live sources, for tests. */
  liveRules?: EngineInput<'liveStart'>['rules'] | undefined;
  /** Streams that another file lists; by default they are kept beside the projects. */
  streamStore?: StreamStore | undefined;
  /** Other times than the usual for streams, for tests. */
  streamTimes?: Pick<StreamDeps, 'lifeRules' | 'retryMs'> | undefined;
  /** Another clock than the machine's for streams, for tests. */
  clock?: { now: () => number; wallNow: () => number } | undefined;
  /** Folders that a window may look into for something to open; default: the user's own. */
  browsedFolders?: readonly string[] | undefined;
  /** Exports without a chosen folder go to a new folder under this one. */
  exportRoot: string;
  /** Address of an export's file for a client that can't open paths; null on the desktop. */
  outputUrl?: (operationId: string, name: string) => string | null;
  /** More lines for the diagnostics, of what only the host knows. */
  hostDetails?: (() => readonly string[]) | undefined;
}
