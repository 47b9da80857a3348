/**
 * When a chapter of a stream ends. Recording, frame numbers and stores begin anew with each, so nothing grows with the
 * age of a stream. Pure, on a monotonic clock: a clock that is set ends no chapter.
 */

/**
 * clock: it is as long as a chapter may be. restart: the engine is restarted on purpose. model: another model took
 * over.
 */
export type ChapterEnd = 'clock' | 'parked' | 'restart' | 'model' | 'picture' | 'source' | 'paused';

export interface ChapterClock {
  readonly beganMs: number;
  /** 0 for the first of a run; later chapters of one stream count on. */
  readonly number: number;
}

export const firstChapter = (nowMs: number, number = 0): ChapterClock => ({ beganMs: nowMs, number });

/** @param lengthMs of a chapter */
export const isChapterOver = ({ beganMs }: ChapterClock, nowMs: number, lengthMs: number): boolean => nowMs - beganMs >= lengthMs;

export const nextChapter = ({ number }: ChapterClock, nowMs: number): ChapterClock => ({ beganMs: nowMs, number: number + 1 });
