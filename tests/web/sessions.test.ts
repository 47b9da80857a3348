/**
 * Sessions side by side: each with its own work, seen by the clients that watch it, and held by the engine as long as
 * there is room.
 */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeServices } from '../../src/main/cli/headless.ts';
import { type Clips, makeClips } from '../../src/main/engine/media/testing/make-clips.ts';
import { resumeLast } from '../../src/main/services/app/sample.ts';
import { type ScriptedHost, startScriptedHost } from './scripted-host.ts';
import { TestWindow } from './test-window.ts';

let app: ScriptedHost;
let other: string;
beforeEach(async () => {
  app = await startScriptedHost(() => ({ keepsProjects: true }));
  other = join(app.folder, 'other.mp4');
  await copyFile(app.clip, other);
});
afterEach(() => app.close());

type Answer = { r: { sessionId: string; operationId: string } };
const open = async (window: TestWindow, path: string): Promise<string> =>
  ((await window.call('session.open', { path })) as unknown as Answer).r.sessionId;
const point = (sessionId: string, frame: number) => ({ sessionId, objectId: 1, frame, points: [{ x: 10, y: 5, label: 1 }], box: null });
const objectsOf = (sessionId: string) => app.services.sessions.get(sessionId).objects;

it('each has its own objects, history, marks and memory; what is open already is not opened twice', async () => {
  const window = await TestWindow.open(app.host.port);
  const [first, second] = [await open(window, app.clip), await open(window, other)];
  expect(second).not.toBe(first);
  expect(await open(window, app.clip)).toBe(first);
  await window.call('object.add', { sessionId: first, name: 'Cat' });
  await window.call('object.add', { sessionId: second, name: 'Dog' });
  await window.call('session.setMarks', { sessionId: second, in: 3, out: 9 });
  expect(await window.call('history.undo', { sessionId: first })).toMatchObject({ r: { label: 'Add object' } });
  expect([objectsOf(first), objectsOf(second)]).toMatchObject([[], [{ name: 'Dog' }]]);
  const memory = { ...app.services.sessions.get(first).memory, mode: 'tree' as const };
  await window.call('session.setMemory', { sessionId: second, memory });
  await window.call('session.setMemory', { sessionId: first, memory: { ...memory, mode: 'single' } });
  const { sessions } = app.services;
  expect([first, second].map((id) => sessions.get(id).memory.mode)).toEqual(['single', 'tree']);
  expect(sessions.store(first).state.marks).toEqual({ in: null, out: null });
  expect(sessions.summaries.map(({ id }) => id)).toEqual([first, second]);
});

it('both are tracked at once; states and pictures go only to whoever watches', async () => {
  const [a, b] = [await TestWindow.open(app.host.port), await TestWindow.open(app.host.port)];
  const [first, second] = [await open(a, app.clip), await open(a, other)];
  await a.until(() => a.state?.sessions.length === 2);
  await a.call('session.watch', { sessionId: first });
  a.sessionId = first;
  await b.until(() => b.state?.session?.id === second);
  const runs: string[] = [];
  for (const sessionId of [first, second]) {
    await a.call('object.add', { sessionId });
    await a.call('prompt.set', point(sessionId, 0));
    const started = (await a.call('track.start', { sessionId, direction: 'forward', to: 60 })) as unknown as Answer;
    runs.push(started.r.operationId);
  }
  expect(await a.call('track.start', { sessionId: first, direction: 'forward' })).toMatchObject({ e: { code: 'busy' } });
  for (const id of runs) expect(await app.services.operations.ended(id)).toMatchObject({ state: 'done', error: null });
  await a.until(() => a.state?.session?.objects[0]?.results[0]?.[1] === 60);
  await b.until(() => b.state?.session?.objects[0]?.results[0]?.[1] === 60);
  expect([objectsOf(first), objectsOf(second)]).toMatchObject([[{ results: [[0, 60]] }], [{ results: [[0, 60]] }]]);
  expect(new Set(b.frames.map(({ sessionId }) => sessionId))).toEqual(new Set([second]));
  expect(a.frames.some(({ sessionId }) => sessionId === first)).toBe(true);
  // Its run is over, and the other clip is nobody's business.
  await a.call('session.close', { sessionId: second });
  expect(app.services.sessions.list.map(({ id }) => id)).toEqual([first]);
  expect(app.services.state.notices).toEqual([]);
});

it('a request for a session that is not open says so, and every method that needs one asks for it', async () => {
  const window = await TestWindow.open(app.host.port);
  const sessionId = '00000000-0000-4000-8000-000000000000';
  for (const [method, input] of [
    ['object.add', {}],
    ['track.start', { direction: 'forward' }],
    ['session.watch', {}],
    ['session.close', {}],
    ['live.stop', {}],
  ] as const)
    expect(await window.call(method, { sessionId, ...input })).toMatchObject({ t: 'err', e: { code: 'session-unknown' } });
  expect(await window.call('object.add', { sessionId: 'the first' })).toMatchObject({ t: 'err', e: { code: 'bad-request' } });
});

it('all that were open are open at the next start, in their order, each with its work', async () => {
  const window = await TestWindow.open(app.host.port);
  const third = join(app.folder, 'third.mp4');
  await writeFile(third, 'of this too nothing is read');
  for (const path of [app.clip, other, third]) {
    const sessionId = await open(window, path);
    await window.call('object.add', { sessionId, name: path });
  }
  await window.call('session.close', { sessionId: app.services.sessions.list[1]!.id });
  const next = await startScriptedHost((folder) => ({ keepsProjects: true, dataDir: join(app.folder, 'data'), exportRoot: folder }));
  try {
    // The first app is still there, so its projects are taken; they are given free as it ends.
    await app.services.close();
    expect(await resumeLast(next.services)).toBe(2);
    expect(next.services.sessions.list.map(({ path, objects }) => [path, objects[0]!.name])).toEqual([
      [app.clip, app.clip],
      [third, third],
    ]);
  } finally {
    await next.close();
  }
});

it('the one that is idle the longest sleeps when there are too many, and wakes with the same masks', { timeout: 120_000 }, async () => {
  const clips: Clips = await makeClips(['cfr', 'vfr']);
  const services = await makeServices({});
  try {
    services.settings.set('sessions.mostAwake', 1);
    const first = await services.sessions.open(clips.path('cfr'));
    const objectId = first.edits.addObject('Square');
    await first.edits.setPoints(objectId, 3, [{ x: 160, y: 120, label: 1 }], null);
    const mask = first.store.get(objectId, 3)!;
    const second = await services.sessions.open(clips.path('vfr'));
    expect(services.sessions.summaries.map(({ isAsleep }) => isAsleep)).toEqual([true, false]);
    // A picture wakes it, and a run knows the prompt again.
    expect(await first.frameMessage(1, 3, 320, 240)).toMatchObject({ frame: 3, overlays: [{ objectId }] });
    expect(first.isAsleep).toBe(false);
    await first.sleep();
    expect(first.isAsleep).toBe(true);
    const { state, error } = await services.operations.ended(services.runs.start(first, { direction: 'forward', from: 3, to: 5 }));
    expect([state, error]).toEqual(['done', null]);
    expect(first.store.get(objectId, 3)!.counts).toBe(mask.counts);
    expect(first.objects[0]!.results).toEqual([[3, 5]]);
    expect(second.isAsleep).toBe(false);
    expect(await second.frameMessage(2, 0, 320, 240)).toMatchObject({ frame: 0 });
  } finally {
    await services.close();
    await clips.remove();
  }
});
