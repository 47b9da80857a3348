/**
 * Watches the masks of a run as they come for what one frame alone does not show: a mask that two objects have, and one
 * that is somewhere else than it was on the frame before.
 */
import { expandCounts, type Rle, rleIou } from '../../../shared/rle.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';
import type { FrameFindings } from './tree-store.ts';

/** From this IoU on two objects have the same mask. */
const sameMask = 0.7;
/** A mask has jumped when it agrees this little with the one before, and usually agrees so much. */
const jumped = 0.1;
const usually = 0.4;
/** Share of the newest frame in what is usual. */
const newest = 0.2;

type Box = NonNullable<EngineResult['box']>;

const boxIou = (a: Box, b: Box): number => {
  const wide = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const high = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  if (wide <= 0 || high <= 0) return 0;
  return (wide * high) / (a[2] * a[3] + b[2] * b[3] - wide * high);
};

export class MaskWatch {
  readonly #size: [number, number];
  readonly #last = new Map<number, { frame: number; rle: Rle; usual: number | null }>();

  /** @param size of the clip, px */
  constructor({ width, height }: { width: number; height: number }) {
    this.#size = [height, width];
  }

  /** @param cut the first frame of a new shot, where this frame and the one visited before it are of two; null else */
  watch(frame: number, results: readonly EngineResult[], cut: number | null): FrameFindings {
    const seen = results.flatMap(({ objectId, counts, box, prompted }) =>
      box ? [{ objectId, box, prompted, rle: { size: this.#size, counts: expandCounts(counts) } satisfies Rle }] : [],
    );
    const jumps: number[] = [];
    for (const { objectId, rle, prompted } of seen) {
      const last = this.#last.get(objectId);
      const isNext = last !== undefined && Math.abs(last.frame - frame) === 1;
      const agreement = isNext ? rleIou(last.rle, rle) : null;
      const usual = isNext ? last.usual : null;
      const hasJumped = agreement !== null && agreement < jumped && usual !== null && usual > usually && !prompted && cut === null;
      if (hasJumped) jumps.push(objectId);
      const next = agreement === null || hasJumped ? usual : usual === null ? agreement : usual + newest * (agreement - usual);
      this.#last.set(objectId, { frame, rle, usual: next });
    }
    const overlaps: [number, number, number][] = [];
    seen.forEach((a, i) => {
      for (const b of seen.slice(i + 1)) {
        // Boxes of equal masks are equal: few pairs need more than a glance.
        if (boxIou(a.box, b.box) < sameMask / 2) continue;
        const iou = rleIou(a.rle, b.rle);
        if (iou >= sameMask) overlaps.push([a.objectId, b.objectId, Math.round(iou * 100) / 100]);
      }
    });
    return { overlaps, jumps, cut };
  }
}
