/** Objects that come while a source is live: the search's, until the user says something of one. */
import { describe, expect, it } from 'vitest';
import type { EngineResult } from '../../engine/api/protocol.ts';
import type { FoundObject } from '../session/found-objects.ts';
import type { ObjectRecord } from '../session/object-list.ts';
import { LiveFound } from './live-found.ts';

const seen = (objectId: number, frame: number, area = 9) => ({
  frame,
  result: { objectId, area, box: [1, 2, 3, 4], counts: '08', overlay: { objectId } } as unknown as EngineResult,
});
const track = (id: number, label: string | null = 'car') => ({ id, label, source: 'detector' as const, score: 0.9, bornFrame: 0 });

const setUp = (settings: { minFrames?: number; classes?: string[] | null } = {}) => {
  let list: ObjectRecord[] = [];
  const added: FoundObject[] = [];
  const stored: [objectId: number, frame: number][] = [];
  const released: number[] = [];
  const found = new LiveFound({
    settings: { minFrames: 2, classes: null, ...settings },
    objects: () => list,
    add: (one) => {
      added.push(one);
      const record = { id: 10 + added.length, locked: false, prompts: [], found: one.found } as unknown as ObjectRecord;
      list = [...list, record];
      return record;
    },
    put: (frame, results) => {
      for (const { objectId, overlay } of results) {
        expect(overlay.objectId).toBe(objectId);
        stored.push([objectId, frame]);
      }
    },
    release: (ids) => released.push(...ids),
  });
  const change = (by: (object: ObjectRecord) => ObjectRecord | null): void => {
    list = list.flatMap((object) => by(object) ?? []);
  };
  return { found, added, stored, released, change };
};

describe('what is found on a live source', () => {
  it('becomes an object when it was seen long enough, with what was seen before', () => {
    const { found, added, stored } = setUp();
    found.take({ tracks: [track(1)], results: [seen(1, 3)] });
    expect(added).toEqual([]);
    found.take({ tracks: [track(1)], results: [seen(1, 5)] });
    found.take({ tracks: [track(1)], results: [seen(1, 6), seen(1, 7, 0)] });
    expect(added).toMatchObject([{ found: { label: 'car', isAuto: true, place: { frame: 3, box: { x: 1, y: 2, width: 3, height: 4 } } } }]);
    expect(stored).toEqual([
      [11, 3],
      [11, 5],
      [11, 6],
    ]);
  });

  it('is left out when its class is not wanted, and comes when it turns out to be', () => {
    const { found, added } = setUp({ classes: ['dog'] });
    for (let frame = 0; frame < 4; frame++) found.take({ tracks: [track(1, 'cat')], results: [seen(1, frame)] });
    expect(added).toEqual([]);
    found.take({ tracks: [track(1, 'dog')], results: [] });
    expect(added).toHaveLength(1);
  });

  it("is the user's once they prompt or protect it: the search leaves it alone", () => {
    for (const touch of [(o: ObjectRecord) => ({ ...o, locked: true }), (o: ObjectRecord) => ({ ...o, prompts: [{} as never] })]) {
      const { found, stored, released, change } = setUp({ minFrames: 1 });
      found.take({ tracks: [track(1), track(2)], results: [seen(1, 0), seen(2, 0)] });
      change((object) => (object.id === 11 ? touch(object) : object));
      found.take({ tracks: [track(1), track(2)], results: [seen(1, 1), seen(2, 1)] });
      expect(released).toEqual([1]);
      expect(stored.filter(([, frame]) => frame === 1)).toEqual([[12, 1]]);
    }
  });

  it('stays dropped when the user drops it: its track goes on unseen, so that it is no newcomer', () => {
    const { found, added, released, change } = setUp({ minFrames: 1 });
    found.take({ tracks: [track(1)], results: [seen(1, 0)] });
    change(() => null);
    for (let frame = 1; frame < 5; frame++) found.take({ tracks: [track(1)], results: [seen(1, frame)] });
    expect(added).toHaveLength(1);
    expect(released).toEqual([]);
  });
});
