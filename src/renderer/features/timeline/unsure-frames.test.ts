import { expect, it } from 'vitest';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { laneKinds, lanePageFrames } from '../../../shared/session-state.ts';
import type { Client } from '../../transport/client.ts';
import { UnsureFrames, unsureStretches } from './unsure-frames.ts';

const look = (kind: (typeof laneKinds)[number], confidence = 200): number => laneKinds.indexOf(kind) * 256 + confidence;

it('unsure frames beside each other are one stretch, whatever their confidence', () => {
  const runs = [10, look('present'), 2, look('unsure', 90), 3, look('unsure', 40), 5, look('absent'), 1, look('unsure')];
  expect(unsureStretches(0, runs)).toEqual([
    { first: 10, last: 14 },
    { first: 20, last: 20 },
  ]);
  expect(unsureStretches(2, [lanePageFrames, look('unsure')])).toEqual([{ first: 2 * lanePageFrames, last: 3 * lanePageFrames - 1 }]);
});

it('a frame that the user prompted is passed over', async () => {
  const lane = { revision: 1, isWhole: true, pages: [{ page: 0, runs: [3, look('unsure'), 2, look('present'), 1, look('unsure')] }] };
  const unsure = new UnsureFrames({ call: async () => lane } as unknown as Client);
  const prompts = [{ frame: 0 }, { frame: 5 }] as TrackedObject['prompts'];
  expect(await unsure.beginnings('a', [{ id: 1, laneRevision: 1, prompts } as TrackedObject])).toEqual([{ objectId: 1, frame: 1 }]);
});

it('a run over the border of two pages is one; only lanes that changed are asked for again', async () => {
  const asked: unknown[] = [];
  const pages = [
    { page: 0, runs: [lanePageFrames - 5, look('present'), 5, look('unsure')] },
    { page: 1, runs: [5, look('unsure'), 10, look('present'), 3, look('unsure')] },
  ];
  const client = {
    call: async (_method: string, input: { since: number }) => {
      asked.push(input);
      return input.since === 0 ? { revision: 4, isWhole: true, pages } : { revision: 6, isWhole: false, pages: [{ page: 1, runs: [] }] };
    },
  } as unknown as Client;
  const unsure = new UnsureFrames(client);
  const object = (laneRevision: number) => [{ id: 3, laneRevision, prompts: [] as object[] }] as TrackedObject[];
  const both = [lanePageFrames - 5, lanePageFrames + 15].map((frame) => ({ objectId: 3, frame }));
  expect(await unsure.beginnings('a', object(4))).toEqual(both);
  expect(await unsure.beginnings('a', object(4))).toEqual(both);
  expect(await unsure.beginnings('a', object(6))).toEqual(both.slice(0, 1));
  expect(asked).toEqual([
    { sessionId: 'a', objectId: 3, since: 0 },
    { sessionId: 'a', objectId: 3, since: 4 },
  ]);
  expect(await unsure.beginnings('b', object(6))).toEqual(both);
});
