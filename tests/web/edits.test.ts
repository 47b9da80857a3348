/** Candidates, undo, merging, projects and exports over the contract, with a real engine. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeServices } from '../../src/main/cli/headless.ts';
import { type Clips, makeClips } from '../../src/main/engine/media/testing/make-clips.ts';
import { resumeLast } from '../../src/main/services/app/sample.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import type { Connection } from '../../src/main/services/base/handlers.ts';
import { type HostMessage, hostMessageSchema } from '../../src/shared/contract.ts';
import { withSession } from './contract-client.ts';

let clips: Clips;
let folder: string;
let services: Services;
let connection: Connection;
const answers = new Map<number, (message: HostMessage) => void>();
let nextId = 1;

const call = async (m: string, a: object): Promise<Record<string, unknown>> => {
  const id = nextId++;
  const answer = new Promise<HostMessage>((resolve) => answers.set(id, resolve));
  connection.receive({ t: 'req', id, m, a: withSession(m, a, services.sessions.list.at(-1)?.id ?? null) });
  const message = await answer;
  if (message.t === 'err') throw Object.assign(new Error(message.e.message), message.e);
  return (message as { r: Record<string, unknown> }).r;
};
const start = async (): Promise<void> => {
  services = await makeServices({}, { dataDir: join(folder, 'data'), keepsProjects: true, exportRoot: join(folder, 'exports') });
  connection = services.connect({
    send: (data) => {
      const message = hostMessageSchema.parse(data);
      if (message.t === 'res' || message.t === 'err') answers.get(message.id)?.(message);
    },
    sendBinary: () => {},
  });
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-edits-'));
  clips = await makeClips(['cfr']);
  await start();
});
afterAll(async () => {
  await services.close();
  await clips.remove();
  rmSync(folder, { recursive: true, force: true });
});

it('masks are chosen, taken back, merged, tracked in a range, exported, and there again at the next start', async () => {
  await call('session.open', { path: clips.path('cfr') });
  await call('object.add', {});
  await call('prompt.set', { objectId: 1, frame: 0, points: [{ x: 160, y: 120, label: 1 }], box: null });
  const { store } = services.sessions.latest;
  const best = store.get(1, 0)!;
  const scores = new Set<number>();
  for (let index = 0; index < 4; index++) {
    expect(await call('prompt.candidate', { objectId: 1, frame: 0, index })).toEqual({ index, count: 4 });
    scores.add(store.get(1, 0)!.predictedIou);
  }
  expect(scores.size).toBeGreaterThan(1);
  const { masks } = (await call('prompt.candidates', { objectId: 1, frame: 0 })) as { masks: { index: number; counts: string }[] };
  expect(masks.length).toBeGreaterThan(1);
  expect(new Set(masks.map(({ counts }) => counts)).size).toBe(masks.length);
  for (let step = 0; step < 4; step++) expect(await call('history.undo', {})).toEqual({ label: 'Choose mask' });
  expect(store.get(1, 0)).toEqual(best);

  const { operationId } = await call('track.start', { direction: 'both', from: 0, to: 3 });
  expect((await services.operations.ended(operationId as string)).state).toBe('done');
  expect(services.sessions.latestState!.objects[0]).toMatchObject({ results: [[0, 3]], stale: false });

  const choice = { video: false, masks: true, json: false, coco: true, csv: true, from: 1, to: 2 };
  expect(await call('export.estimate', choice)).toMatchObject({ parent: join(folder, 'exports') });
  const exported = await call('export.start', { ...choice, directory: join(folder, 'out') });
  expect(await services.operations.ended(exported.operationId as string)).toMatchObject({ state: 'done', error: null });
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(['coco.json', 'masks', 'tracks.csv']);
  expect(readdirSync(join(folder, 'out', 'masks')).sort()).toEqual(['00001.png', '00002.png']);
  expect(JSON.parse(readFileSync(join(folder, 'out', 'coco.json'), 'utf8')).images).toHaveLength(2);

  await call('session.setPosition', { frame: 2 });
  const before = services.sessions.latestState!.objects.map(({ laneRevision: _, ...object }) => object);
  const project = services.sessions.latestState!.project!.path;
  await services.close();
  await start();
  expect(await resumeLast(services)).toBe(1);
  const session = services.sessions.latestState;
  expect(session!.objects.map(({ laneRevision: _, ...object }) => object)).toEqual(before);
  expect(session!.position).toBe(2);
  expect(services.sessions.latest.store.get(1, 0)).toEqual(best);
  await call('session.close', {});
  expect(services.projects.recents.open).toEqual([]);
  expect(existsSync(project)).toBe(true);
});
