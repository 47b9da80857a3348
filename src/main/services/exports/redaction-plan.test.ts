import { describe, expect, it } from 'vitest';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { compressCounts, expandCounts } from '../../../shared/rle.ts';
import type { MaskReader } from '../results/mask-store.ts';
import { RedactionPlan } from './redaction-plan.ts';

const object: TrackedObject = {
  ...{ id: 1, name: 'Anna', color: '#ff0000', visible: false, solo: false, locked: false, stale: false, laneRevision: 0 },
  ...{ prompts: [], results: [], foundFrames: 0 },
};

/** By frame: where its one pixel is; "?" after it where the tracker was unsure; "-" absent; "" nothing known. */
const plan = (frames: string[], carry: number, hides: 'objects' | 'everything-else' = 'objects'): RedactionPlan => {
  const store: MaskReader = {
    get: (_id, frame) => {
      const text = frames[frame] ?? '';
      if (text === '') return undefined;
      const pixel = Number.parseInt(text, 10);
      const isThere = text !== '-';
      return {
        counts: compressCounts(isThere ? [pixel, 1, 9 - pixel] : [10]),
        ...{ box: isThere ? [pixel, 0, 1, 1] : null, area: isThere ? 1 : 0, predictedIou: text.endsWith('?') ? 0.3 : 0.9 },
        ...{ objectLogit: isThere ? 5 : -5, prompted: false },
      } as ReturnType<MaskReader['get']>;
    },
  };
  return new RedactionPlan({ objects: [object], store, range: { from: 0, to: frames.length - 1 }, redaction: { carry, hides } });
};

/** Pixels that are hidden on a frame. */
const hidden = (planned: RedactionPlan, frame: number): number[] => {
  const [entry] = planned.masksOn(frame);
  if (!entry) return [];
  let at = 0;
  return expandCounts(entry[1]).flatMap((run, k) => {
    const pixels = k % 2 === 1 ? Array.from({ length: run }, (_, i) => at + i) : [];
    at += run;
    return pixels;
  });
};

describe('a plan of what is hidden', () => {
  it('is the mask where it is sure, and more where it is not', () => {
    const planned = plan(['1', '3?', '-', '6'], 2);
    expect([0, 1, 2, 3].map((frame) => hidden(planned, frame))).toEqual([[1], [1, 3, 6], [1, 6], [6]]);
    expect(planned.objects()).toMatchObject([{ hidden: [[0, 3]], carried: [[1, 2]], open: [] }]);
  });

  it('says where nothing hides the object, unless the tracker is sure that it is gone', () => {
    const planned = plan(['', '2', '', '', '', '-'], 1);
    expect(planned.objects()).toMatchObject([
      {
        hidden: [[0, 2]],
        carried: [
          [0, 0],
          [2, 2],
        ],
        open: [[3, 4]],
      },
    ]);
  });

  it('shows nothing that is unsure when everything else is hidden', () => {
    const planned = plan(['1', '3?', '4'], 5, 'everything-else');
    expect([0, 1, 2].map((frame) => hidden(planned, frame))).toEqual([[1], [], [4]]);
  });
});
