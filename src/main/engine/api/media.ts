/** What the engine tells of a clip, and of a run over its frames. */

/**
 * What is missing of a file that can be opened all the same. `cut-short`: it ends before its own tables say.
 * `packets-lost`: packets are missing within, or are damaged. A clock or a counter that begins anew is no damage.
 */
export type Damage = 'cut-short' | 'packets-lost';

/** What was wrong with the times of a clip's frames; the frames themselves are all there. */
export interface TimeRepair {
  /** Frames without a time of their own. */
  missing: number;
  /** Frames with the time of another, or one that the clock is too coarse to tell from it. */
  equal: number;
  /** Frames whose time stamps came in another order than the frames. */
  disordered: number;
  /** Frames at which the clock begins anew, earlier than it was. */
  restarts: number[];
}

/** A video stream of a file; covers are none. */
export interface VideoStream {
  codec: string;
  /** Coded size in px. */
  width: number;
  height: number;
}

/** Pictures that a clip was made of. */
export interface PictureNames {
  /** Where they came from. */
  folder: string;
  /** File name of each frame's picture. */
  names: string[];
  /** Pictures that can't be decoded, and are no frames. */
  missing: string[];
}

/** A clip that is open. */
export interface OpenedMedia {
  width: number;
  height: number;
  frameCount: number;
  durationMs: number;
  averageFps: number;
  isVariableFrameRate: boolean;
  hasAudio: boolean;
  codec: string;
  colorSpace: 'bt601' | 'bt709' | 'bt2020';
  fullRange: boolean;
  timeBase: { num: number; den: number };
  /** null for nothing. */
  damage: Damage | null;
  /** null where nothing had to be repaired. */
  repair: TimeRepair | null;
  /** Video streams of the file. */
  streams: VideoStream[];
  /** The one that is open: a number in `streams`. */
  stream: number;
  /** Made of two fields, taken one after the other. */
  isInterlaced: boolean;
  /** Two fields are put together into one whole picture. */
  isDeinterlaced: boolean;
  /** HDR is shown, tracked and exported as SDR. */
  isToneMapped: boolean;
  /** Of the file, when it is HDR; null for others. */
  hdr: 'PQ' | 'HLG' | null;
  /** null for a clip that was not made of pictures. */
  pictures: PictureNames | null;
  /** Presentation time of every frame in ticks. */
  ptsTicks: Float64Array;
}

/** How a track run ended. A source that ends early is an end with a warning: what was tracked is kept. */
export interface TrackOutcome {
  state: 'done' | 'cancelled';
  warning: string | null;
}

export interface ExportOutcome extends TrackOutcome {
  /** The last frame that was written; null when none was. */
  last: number | null;
}

interface FfmpegAbility {
  /** As users know it: "H.264", "rtsp". */
  name: string;
  isThere: boolean;
}

/** The ffmpeg that the engine runs, and what it can do. */
export interface FfmpegReport {
  path: string;
  /** As it says itself: "7.0", "n7.0-7-gd38bf5e08e", "N-12345-g...". */
  version: string;
  reads: FfmpegAbility[];
  writes: FfmpegAbility[];
  /** Addresses that it opens. */
  fetches: FfmpegAbility[];
}
