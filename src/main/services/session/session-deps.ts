/** What a session is given: the work that it goes on with, and the app around it. */
import type { Deinterlace } from '../../../shared/footage.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import type { FrameMessage } from '../../../shared/wire.ts';
import type { OpenedMedia } from '../../engine/api/media.ts';
import type { EngineModel } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { MaskStore } from '../results/mask-store.ts';
import type { TreeLog } from '../results/tree-store.ts';
import type { ClipNote } from './clip-notes.ts';
import type { KeptWork, WorkHistory, WorkStep } from './kept-work.ts';

/** Work that is kept, and where. */
export interface SessionWork {
  store: MaskStore;
  kept: KeptWork;
  /** The steps that led to it. */
  history: WorkHistory;
  /** What the memories told, kept with it. */
  trees?: TreeLog;
  /** Called on every change; returns when it is on its way to the disk. @param step null = no step of the history */
  save(kept: KeptWork, step: WorkStep | null): void;
}

/** A run over the clip that is under way, which edits have to go along with. */
export interface RunUnderWay {
  /** Pauses the run at the next frame, does the work, and lets it go on. */
  pauseFor<T>(work: () => Promise<T>): Promise<T>;
  /** Does what needs no pause, behind the edits that wait for one. */
  afterEdits<T>(work: () => Promise<T>): Promise<T>;
}

/** What a session needs of the app around it. */
export interface SessionDeps {
  /** The running engine. @throws AppError `engine-lost` */
  engine(): EnginePeer;
  /** The active model. @throws AppError while none is loaded */
  model(): EngineModel;
  /** How objects are remembered where the session does not say. */
  memory(): MemorySettings;
  /** How interlaced clips are opened. */
  deinterlace(): Deinterlace;
  /** @throws AppError `busy` while another model is loaded */
  requireLoaded(): void;
  /** Something a client mirrors has changed. */
  onChange(): void;
  /** A picture or overlays for whoever looks at this frame. */
  onFrame(message: FrameMessage): void;
  /** Something went wrong that stops nothing. */
  onNote(note: ClipNote): void;
}

/** Opens a clip on the engine. @throws AppError `source-*`, `cancelled`, `engine-lost` */
export const openClip = (deps: SessionDeps, sessionId: string, path: string, stream?: number): Promise<OpenedMedia> =>
  deps.engine().call('open', { sessionId, path, stream, deinterlace: deps.deinterlace() });
