/** Measures of found tracks beside annotated objects. */

/** A mask as 0/1 per pixel. */
export type Pixels = Uint8Array;

export const pixelIou = (a: Pixels, b: Pixels): number => {
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    both += a[i]! & b[i]!;
    either += a[i]! | b[i]!;
  }
  return either === 0 ? 0 : both / either;
};

/** What was seen on one frame. */
export interface SeenFrame {
  /** Annotated objects that are there. */
  truths: readonly number[];
  /** Ids of the tracks that are shown. */
  tracks: readonly number[];
  /** Pairs of an object and a track with their IoU, where they meet. */
  overlaps: readonly { truth: number; track: number; iou: number }[];
}

const least = 0.5;

/** An object counts as found on a frame by the track that lies on it best, at an IoU of 0.5 or more. */
const foundBy = ({ overlaps }: SeenFrame, truth: number): number | null => {
  const best = overlaps.filter((one) => one.truth === truth && one.iou >= least).sort((a, b) => b.iou - a.iou)[0];
  return best?.track ?? null;
};

/** For each annotated object: when it came, when a track was first on it, and how many tracks were. */
export const objectsOf = (frames: readonly SeenFrame[]): { truth: number; cameAt: number; foundAt: number | null; ids: number }[] => {
  const truths = [...new Set(frames.flatMap((frame) => frame.truths))];
  return truths.map((truth) => {
    const found = frames.map((frame) => foundBy(frame, truth));
    const first = found.findIndex((track) => track !== null);
    return {
      truth,
      cameAt: frames.findIndex((frame) => frame.truths.includes(truth)),
      foundAt: first < 0 ? null : first,
      ids: new Set(found.filter((track) => track !== null)).size,
    };
  });
};

/**
 * IDF1: 2 IDTP / (annotated + shown), for the one-to-one assignment of tracks to objects that is the best over the
 * whole sequence. Things that nobody annotated count against it.
 */
export const idf1 = (frames: readonly SeenFrame[]): number => {
  const truths = [...new Set(frames.flatMap((frame) => frame.truths))];
  const tracks = [...new Set(frames.flatMap((frame) => frame.tracks))];
  const together = tracks.map((track) =>
    truths.map(
      (truth) => frames.filter(({ overlaps }) => overlaps.some((o) => o.truth === truth && o.track === track && o.iou >= least)).length,
    ),
  );
  // By the set of objects that are taken already; there are few of them.
  let best = new Map<number, number>([[0, 0]]);
  for (const row of together) {
    const next = new Map(best);
    for (const [taken, sum] of best) {
      row.forEach((count, at) => {
        const set = taken | (1 << at);
        if (set !== taken && (next.get(set) ?? -1) < sum + count) next.set(set, sum + count);
      });
    }
    best = next;
  }
  const annotated = frames.reduce((sum, frame) => sum + frame.truths.length, 0);
  const shown = frames.reduce((sum, frame) => sum + frame.tracks.length, 0);
  return annotated + shown === 0 ? 1 : (2 * Math.max(...best.values())) / (annotated + shown);
};
