/** What the engine tells of a clip, and of a run over its frames. */

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
  isTruncated: boolean;
  /** Presentation time of every frame in ticks. */
  ptsTicks: Float64Array;
}

/** How a track run ended. A source that ends early is an end with a warning: what was tracked is kept. */
export interface TrackOutcome {
  state: 'done' | 'cancelled';
  warning: string | null;
}
