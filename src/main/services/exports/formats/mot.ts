/**
 * Tracks as MOTChallenge and MOTS read them, frame by frame. Both count frames from 1. MOT's pixels are counted from 1
 * too, and class and visibility of a result are -1.
 */
import { compressCounts, decodeRle, encodeRle, expandCounts } from '../../../../shared/rle.ts';
import { masksOn, type TableSource } from '../table-source.ts';
import { classOf } from './classes.ts';

/** frame, id, left, top, width, height, confidence, -1, -1, -1 */
export function* motText(source: TableSource): Generator<string> {
  for (let frame = source.range.from; frame <= source.range.to; frame++) {
    let rows = '';
    for (const { object, stored } of masksOn(source, frame)) {
      if (!stored.box) continue;
      const [x, y, width, height] = stored.box;
      rows += `${[frame + 1, object.id, x + 1, y + 1, width, height, stored.predictedIou.toFixed(4), -1, -1, -1].join(',')}\n`;
    }
    yield rows;
  }
}

/** MOTS knows cars and pedestrians alone; what is no car is told as the latter. */
const motsClass = (name: string): number => (name.toLowerCase() === 'car' ? 1 : 2);

/**
 * frame, id, class, picture's height and width, run lengths. MOTS allows no pixel of two objects: it belongs to the
 * last of them, as in the mask pictures.
 */
export function* motsText(source: TableSource): Generator<string> {
  const { width, height } = source;
  for (let frame = source.range.from; frame <= source.range.to; frame++) {
    const taken = new Uint8Array(width * height);
    const rows: string[] = [];
    for (const { object, stored } of masksOn(source, frame).reverse()) {
      const mask = decodeRle({ size: [height, width], counts: expandCounts(stored.counts) });
      let area = 0;
      for (let i = 0; i < mask.length; i++) {
        if (mask[i] && taken[i]) mask[i] = 0;
        taken[i]! |= mask[i]!;
        area += mask[i]!;
      }
      if (area === 0) continue;
      const { counts } = encodeRle(mask, width, height);
      rows.unshift([frame + 1, object.id, motsClass(classOf(object)), height, width, compressCounts(counts)].join(' '));
    }
    yield rows.map((row) => `${row}\n`).join('');
  }
}
