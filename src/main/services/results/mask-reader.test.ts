/** A reader shows the masks of the moment when it was made. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineResult } from '../../engine/api/protocol.ts';
import { MaskStore } from './mask-store.ts';

const objectIds = [1, 2, 3];
/** Two pages of the index. */
const frames = [0, 1, 7, 4095, 4096, 5000];

const result = (objectId: number, predictedIou: number): EngineResult => ({
  ...{ objectId, counts: '04', box: [0, 0, 1, 1], area: 1, predictedIou, objectLogit: 3, prompted: false },
  overlay: { objectId, width: 1, height: 1, scale: 1, predictedIou, objectLogit: 3, logits: new Int8Array(1) },
});

const edits = fc.array(fc.tuple(fc.constantFrom(...objectIds), fc.constantFrom(...frames), fc.boolean(), fc.integer({ min: 1, max: 99 })), {
  maxLength: 30,
});

const edit = (store: MaskStore, list: readonly [number, number, boolean, number][]): void => {
  for (const [objectId, frame, isPut, predictedIou] of list) {
    if (isPut) store.put(frame, result(objectId, predictedIou / 100));
    else store.remove(objectId, frame);
  }
};

const scoresOf = (reader: Pick<MaskStore, 'get'> | ReturnType<MaskStore['reader']>): (number | null)[] =>
  objectIds.flatMap((id) => frames.map((frame) => reader.get(id, frame)?.predictedIou ?? null));

describe('MaskStore.reader', () => {
  it('shows what was there, whatever is set, removed, deleted or moved to another maskKey later', () => {
    fc.assert(
      fc.property(edits, edits, edits, (before, between, after) => {
        const store = new MaskStore();
        store.setMaskKeys(objectIds.map((id) => ({ id, maskKey: id })));
        edit(store, before);
        const [first, scores] = [store.reader(), scoresOf(store)];
        edit(store, between);
        const [second, laterScores] = [store.reader(), scoresOf(store)];
        // Object 2 is deleted; object 3 has its masks elsewhere, as after a merge.
        store.setMaskKeys([
          { id: 1, maskKey: 1 },
          { id: 3, maskKey: 4 },
        ]);
        edit(store, after);
        expect(scoresOf(first)).toEqual(scores);
        expect(scoresOf(second)).toEqual(laterScores);
      }),
    );
  });
});
