/** A recording: its log of times, and where its parts lie in time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimes } from '../api/recording.ts';
import { placeParts } from './recording.ts';

describe('the log of times', () => {
  it('is read up to where a kill tore it', () => {
    const whole = [0, 1, 2].map((frame) => `${frame} 0 ${frame * 40} ${1_000_000 + frame * 40}\n`).join('');
    fc.assert(
      fc.property(fc.nat(whole.length), (cut) => {
        const read = parseTimes(whole.slice(0, cut));
        expect(read).toEqual(
          [0, 1, 2].slice(0, read.length).map((frame) => ({ segment: 0, ptsMs: frame * 40, wallMs: 1_000_000 + frame * 40 })),
        );
        expect(read.length).toBe(whole.slice(0, cut).split('\n').length - 1);
      }),
    );
    expect(parseTimes('0 0 0 5\n2 0 80 5\n')).toHaveLength(1);
  });
});

describe('the parts of a recording', () => {
  const part = (segment: number, durationMs: number) => ({ segment, startMs: 0, durationMs, frameMs: 40 });

  it('lie where the clock says, and never in one another', () => {
    const times = [
      { segment: 0, ptsMs: 0, wallMs: 10_000 },
      { segment: 2, ptsMs: 100, wallMs: 18_100 },
    ];
    expect(placeParts([part(0, 4_000), part(2, 1_000)], times)).toEqual([0, 8_000]);
    // A clock that was set back.
    expect(placeParts([part(0, 9_000), part(2, 1_000)], times)).toEqual([0, 9_040]);
    // One of which no frame was taken.
    expect(placeParts([part(0, 4_000), part(1, 1_000), part(2, 1_000)], times)).toEqual([0, 4_040, 8_000]);
  });

  it('always ascend', () => {
    const parts = fc.array(fc.record({ durationMs: fc.nat(10_000), wallMs: fc.nat(100_000), isKnown: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(parts, (all) => {
        const times = all.flatMap(({ wallMs, isKnown }, segment) => (isKnown ? [{ segment, ptsMs: 0, wallMs }] : []));
        const places = placeParts(
          all.map(({ durationMs }, segment) => part(segment, durationMs)),
          times,
        );
        places.forEach((place, i) => {
          if (i > 0) expect(place).toBeGreaterThanOrEqual(places[i - 1]! + all[i - 1]!.durationMs);
        });
      }),
    );
  });
});
