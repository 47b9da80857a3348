/** Which closed chapters of a stream go: those that are too old, then the oldest until the rest fits. Pure. */

export interface Retention {
  /** Days a chapter is kept after its end; null: no limit. */
  days: number | null;
  /** Gigabytes (10^9 bytes) of closed chapters a stream may keep; null: no limit. */
  gigabytes: number | null;
}

export interface ClosedChapter {
  id: string;
  /** ms since 1970. */
  endedAtMs: number;
  bytes: number;
}

const dayMs = 86_400_000;

/**
 * @param nowMs ms since 1970. A clock that was set back keeps chapters longer; it never removes one early.
 * @returns ids, the oldest first
 */
export const expired = (chapters: readonly ClosedChapter[], { days, gigabytes }: Retention, nowMs: number): string[] => {
  const oldestFirst = [...chapters].sort((a, b) => a.endedAtMs - b.endedAtMs);
  const isOld = ({ endedAtMs }: ClosedChapter): boolean => days !== null && nowMs - endedAtMs > days * dayMs;
  const gone = oldestFirst.filter(isOld);
  const kept = oldestFirst.filter((chapter) => !isOld(chapter));
  let bytes = kept.reduce((sum, chapter) => sum + chapter.bytes, 0);
  while (gigabytes !== null && bytes > gigabytes * 1e9 && kept.length > 0) {
    const oldest = kept.shift()!;
    bytes -= oldest.bytes;
    gone.push(oldest);
  }
  return gone.map(({ id }) => id);
};
