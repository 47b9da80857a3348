/** Of an answer to one click, the piece that was clicked. */
import type { PointPrompt } from './point-prompt.ts';

/** One click on the object and nothing else. */
export const isSingleClick = ({ points, labels, box }: PointPrompt): boolean => box === null && points.length === 1 && labels[0] === 1;

/**
 * Takes away what does not hang together with the clicked place (cells that share a side): a small model also marks
 * what looks like it elsewhere. A logit that is taken away changes its sign. Where the mask does not reach the click,
 * nothing is taken away.
 * @param logits [size * size], changed in place
 * @param x place of the click as a share of the frame's width, 0..1
 * @param y of its height
 */
export const keepClickedPiece = (logits: Float32Array, size: number, x: number, y: number): void => {
  const cell = (share: number): number => Math.min(size - 1, Math.floor(share * size));
  const start = cell(y) * size + cell(x);
  if (logits[start]! <= 0) return;
  const isKept = new Uint8Array(logits.length);
  isKept[start] = 1;
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const column = at % size;
    const neighbours = [column > 0 ? at - 1 : -1, column < size - 1 ? at + 1 : -1, at - size, at + size];
    for (const next of neighbours) {
      if (next < 0 || next >= logits.length || isKept[next] || logits[next]! <= 0) continue;
      isKept[next] = 1;
      open.push(next);
    }
  }
  for (let i = 0; i < logits.length; i++) if (logits[i]! > 0 && !isKept[i]) logits[i] = -logits[i]!;
};
