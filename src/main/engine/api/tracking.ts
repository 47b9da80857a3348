/** Track runs, as their caller knows them. */

/** Where a run that was paused goes on. */
export interface TrackResume {
  /** The pass it was in. */
  reverse: boolean;
  /**
   * By object: the frame it goes on with, beyond the clip when it is done. Objects that are not named begin where the
   * plan has them begin.
   */
  at: ReadonlyMap<number, number>;
}
