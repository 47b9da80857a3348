/** The review list of a session, from its stores. */
import { describe, expect, it } from 'vitest';
import type { ReviewMark } from '../../../shared/review.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';
import { MaskStore } from './mask-store.ts';
import { type ReviewedObject, ReviewList } from './review-list.ts';
import { TreeStore } from './tree-store.ts';

const size = { width: 100, height: 60 };
type Look = 'seen' | 'edge' | 'lost';

const result = (objectId: number, look: Look): EngineResult => {
  const isLost = look === 'lost';
  const [predictedIou, objectLogit] = isLost ? [0.1, -3] : [0.9, 6];
  return {
    ...{ objectId, counts: '1', area: isLost ? 0 : 100, predictedIou, objectLogit, prompted: false },
    box: isLost ? null : look === 'edge' ? [0, 20, 10, 10] : [40, 20, 10, 10],
    overlay: { objectId, width: 1, height: 1, scale: 1, predictedIou, objectLogit, logits: new Int8Array(1) },
  };
};

const setUp = (looks: Look[], { cut = null as number | null, isBusy = false } = {}) => {
  const objects: ReviewedObject[] = [{ id: 1, stale: false, prompts: [{ frame: 0 }] }];
  const store = new MaskStore();
  const trees = new TreeStore(() => objects);
  const put = (frame: number, look: Look): void => {
    store.put(frame, result(1, look));
    const doubt = look === 'lost' ? 0.95 : 0.2;
    const findings = { overlaps: [], jumps: [], cut: frame === cut ? cut : null };
    trees.put(frame, [1], { events: [], uncertainty: [{ objectId: 1, frame, uncertainty: doubt }], amended: [] }, findings);
  };
  looks.forEach((look, frame) => {
    put(frame, look);
  });
  const list = new ReviewList({ store, trees, size, isBusy: () => isBusy });
  const none: ReviewMark[] = [];
  return {
    put,
    kinds: (done = none) => list.entries(objects, done).flatMap(({ kind, first, last }) => (kind === 'check' ? [] : [[kind, first, last]])),
  };
};

const clip = (before: Look, after: Look): Look[] => [
  ...Array<Look>(19).fill('seen'),
  before,
  ...Array<Look>(20).fill('lost'),
  after,
  ...Array<Look>(19).fill('seen'),
];

describe('ReviewList', () => {
  it('lists an object that was lost within the picture, not one that left it and came back', () => {
    expect(setUp(clip('seen', 'seen')).kinds()).toEqual([['absence', 20, 39]]);
    expect(setUp(clip('edge', 'edge')).kinds()).toEqual([]);
    expect(setUp(clip('edge', 'seen')).kinds()).toEqual([['absence', 20, 39]]);
    expect(setUp(clip('edge', 'lost').slice(0, 40)).kinds()).toEqual([]);
  });

  it('takes a cut for a reason to be away', () => {
    const looks = clip('seen', 'seen').slice(0, 40);
    expect(setUp(looks).kinds()).toEqual([['absence', 20, 39]]);
    expect(setUp(looks, { cut: 20 }).kinds()).toEqual([]);
  });

  it('follows masks that are tracked again, and keeps still for a moment while a run is under way', () => {
    for (const isBusy of [false, true]) {
      const { put, kinds } = setUp(clip('seen', 'seen'), { isBusy });
      expect(kinds()).toEqual([['absence', 20, 39]]);
      for (let frame = 20; frame < 40; frame++) put(frame, 'seen');
      expect(kinds()).toEqual(isBusy ? [['absence', 20, 39]] : []);
    }
  });
});
