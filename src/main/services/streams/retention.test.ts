import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstChapter, isChapterOver, nextChapter } from './chapter-clock.ts';
import { type ClosedChapter, expired } from './retention.ts';

const dayMs = 86_400_000;
const nowMs = 400 * dayMs;
const chapters = fc
  .array(fc.record({ ageMs: fc.nat(60 * dayMs), bytes: fc.nat(5_000_000_000) }), { maxLength: 40 })
  .map((all) => all.map(({ ageMs, bytes }, i): ClosedChapter => ({ id: String(i), endedAtMs: nowMs - ageMs, bytes })));
const limit = fc.option(fc.integer({ min: 1, max: 60 }), { nil: null });

describe('retention', () => {
  it('keeps what is young and fits, and removes no newer chapter before an older one', () => {
    fc.assert(
      fc.property(chapters, limit, limit, (all, days, gigabytes) => {
        const gone = new Set(expired(all, { days, gigabytes }, nowMs));
        const kept = all.filter(({ id }) => !gone.has(id));
        if (days !== null) for (const { endedAtMs } of kept) expect(nowMs - endedAtMs).toBeLessThanOrEqual(days * dayMs);
        if (gigabytes !== null) expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(gigabytes * 1e9);
        const newestGone = Math.max(...all.filter(({ id }) => gone.has(id)).map(({ endedAtMs }) => endedAtMs));
        for (const { endedAtMs } of kept) expect(endedAtMs).toBeGreaterThanOrEqual(newestGone);
      }),
    );
  });

  it('without limits removes nothing, and after a clock was set back neither', () => {
    fc.assert(
      fc.property(chapters, (all) => {
        expect(expired(all, { days: null, gigabytes: null }, nowMs)).toEqual([]);
        expect(expired(all, { days: 1, gigabytes: null }, 0)).toEqual([]);
      }),
    );
  });
});

describe('a week of chapters', () => {
  it('never keeps more than its limits, whatever their lengths', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 120 }), fc.integer({ min: 1, max: 3 }), (minutes, gigabytes) => {
        const lengthMs = minutes * 60_000;
        let clock = firstChapter(0);
        let kept: ClosedChapter[] = [];
        let most = 0;
        for (let ms = 0; ms <= 7 * dayMs; ms += 60_000) {
          if (!isChapterOver(clock, ms, lengthMs)) continue;
          kept.push({ id: String(clock.number), endedAtMs: ms, bytes: 400_000_000 });
          const gone = new Set(expired(kept, { days: 2, gigabytes }, ms));
          kept = kept.filter(({ id }) => !gone.has(id));
          most = Math.max(most, kept.length);
          clock = nextChapter(clock, ms);
        }
        expect(clock.number).toBe(Math.floor((7 * dayMs) / lengthMs));
        expect(most).toBeLessThanOrEqual(Math.floor((gigabytes * 1e9) / 400_000_000));
      }),
      { numRuns: 20 },
    );
  });
});
