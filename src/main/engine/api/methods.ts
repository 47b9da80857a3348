/** The engine's methods: inputs by their schemas in protocol.ts, answers by the types here. */
import type { LiveCamera } from '../../../shared/live.ts';
import type { CheckedCheckpoint } from './installed-model.ts';
import type { ExportOutcome, FfmpegReport, OpenedMedia, TrackOutcome } from './media.ts';
import type { EngineInput, EngineModel, EnginePicture, EngineResult, engineInputs } from './protocol.ts';
import type { ProviderReport } from './providers.ts';
import type { JoinedSegment } from './recording.ts';

/** Of methods that answer only that they are done. */
type Done = object;

interface EngineOutputs {
  loadModel: EngineModel;
  prepare: Done;
  open: OpenedMedia;
  close: Done;
  readFrame: EnginePicture;
  forgetViewer: Done;
  setPoints: EngineResult;
  setMask: EngineResult;
  prefetchFrame: Done;
  setForeground: Done;
  clearPrompts: Done;
  removeObject: Done;
  track: TrackOutcome;
  /** null where the size can't be told. */
  measureExport: { videoBytes: number | null };
  exportResults: ExportOutcome;
  exportMasks: Done;
  endExport: Done;
  find: TrackOutcome;
  findMasks: Done;
  releaseFound: Done;
  /** Why an import of an endless source ended before it was told to; null when it did not. */
  importMedia: { endedEarly: string | null };
  findFfmpeg: { path: string };
  inspectFfmpeg: FfmpegReport;
  thumbnail: { jpeg: Uint8Array };
  inspectProviders: ProviderReport;
  liveCameras: { cameras: LiveCamera[] };
  liveStart: { frameCount: number };
  liveAppend: Done;
  liveTracking: Done;
  liveStop: Done;
  liveJoin: { segments: JoinedSegment[] };
  finishImport: Done;
  cancel: Done;
  /** Resident memory of the engine's process. */
  usage: { bytes: number };
  checkCheckpoint: CheckedCheckpoint;
  /** The model's id. */
  identifyCheckpoint: string;
  /** The bundle's folder. */
  bundleFor: string;
  verifyBundle: Done;
}

/** A call's signal ends its work: `track` and `exportResults` then answer `cancelled`, the others fail with it. */
export type EngineMethods = { [M in keyof typeof engineInputs]: (input: EngineInput<M>) => Promise<EngineOutputs[M]> };
