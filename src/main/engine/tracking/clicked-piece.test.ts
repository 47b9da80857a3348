import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSingleClick, keepClickedPiece } from './clicked-piece.ts';

const size = 6;
/** '#' is a logit of 2, anything else one of -1. */
const logitsOf = (rows: readonly string[]): Float32Array => Float32Array.from([...rows.join('')].map((cell) => (cell === '#' ? 2 : -1)));
const shown = (logits: Float32Array): string[] =>
  Array.from({ length: size }, (_, y) => [...logits.subarray(y * size, (y + 1) * size)].map((logit) => (logit > 0 ? '#' : '.')).join(''));

describe('the clicked piece', () => {
  const mask = ['##..##', '##..##', '......', '.###..', '.#.#..', '.###.#'];

  it('stays, and what does not touch it along a side goes', () => {
    const logits = logitsOf(mask);
    keepClickedPiece(logits, size, 1.5 / size, 3.5 / size);
    expect(shown(logits)).toEqual(['......', '......', '......', '.###..', '.#.#..', '.###..']);
    // What went is as far under 0 as it was over it.
    expect(logits[0]).toBe(-2);
  });

  it('does not go on from the end of a row to the start of the next', () => {
    const logits = logitsOf(['.....#', '#.....', '......', '......', '......', '......']);
    keepClickedPiece(logits, size, 1, 0);
    expect(shown(logits).slice(0, 2)).toEqual(['.....#', '......']);
  });

  it('is everything where the mask does not reach the click', () => {
    const logits = logitsOf(mask);
    keepClickedPiece(logits, size, 2.5 / size, 4.5 / size);
    expect(shown(logits)).toEqual(mask);
  });

  it('adds nothing, keeps the clicked cell, and is the same when taken again', () => {
    const cells = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: size ** 2, maxLength: size ** 2 });
    fc.assert(
      fc.property(cells, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (values, x, y) => {
        const before = Float32Array.from(values);
        const after = before.slice();
        keepClickedPiece(after, size, x, y);
        after.forEach((logit, i) => {
          expect(logit > 0 && before[i]! <= 0).toBe(false);
          expect(Math.abs(logit)).toBe(Math.abs(before[i]!));
        });
        const at = Math.min(size - 1, Math.floor(y * size)) * size + Math.min(size - 1, Math.floor(x * size));
        expect(after[at]).toBe(before[at]);
        const again = after.slice();
        keepClickedPiece(again, size, x, y);
        expect(again).toEqual(after);
      }),
    );
  });

  it('is asked for by one click on the object alone', () => {
    const prompt = { points: [[1, 1]] as [number, number][], labels: [1], box: null };
    expect(isSingleClick(prompt)).toBe(true);
    expect(isSingleClick({ ...prompt, labels: [0] })).toBe(false);
    expect(isSingleClick({ ...prompt, box: [0, 0, 2, 2] })).toBe(false);
    expect(
      isSingleClick({
        ...prompt,
        points: [
          [1, 1],
          [2, 2],
        ],
        labels: [1, 0],
      }),
    ).toBe(false);
  });
});
