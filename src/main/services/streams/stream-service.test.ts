/** Streams over days, breaks and full disks, on a clock that the test moves. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedStreams } from './testing/scripted-streams.ts';

const secondMs = 1_000;
const hourMs = 3_600_000;
const object = { name: 'Ball', points: [{ x: 1, y: 1, label: 1 as const }] };

let folder: string;
let streams: ScriptedStreams;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sam2-streams-unit-'));
  streams = new ScriptedStreams(folder);
});
afterEach(async () => {
  await streams.service.close();
  await rm(folder, { recursive: true, force: true });
});

const chaptersOf = (id: string): string[] => readdirSync(join(folder, 'streams', id)).filter((name) => name !== 'tracks.json');

const begin = async (change: object = {}): Promise<string> => {
  const id = streams.add('Front', change);
  await streams.pass(secondMs);
  await streams.frame([1]);
  await streams.frame([1]);
  return id;
};

describe('a stream that falls silent', () => {
  it('is stale, then parked with nothing held for it, and is back with its objects at the first frame', async () => {
    const id = await begin({ objects: [object] });
    const [session] = streams.sessions;
    await streams.pass(40 * secondMs);
    expect(streams.state(id)).toMatchObject({ phase: 'stale', sessionId: session });
    await streams.pass(90 * secondMs);
    expect(streams.state(id)).toMatchObject({ phase: 'parked', sessionId: null, objects: 0 });
    expect(streams.sessions.size).toBe(0);
    // A connection is tried on: a session of the engine without a picture has neither tracker nor decoder.
    expect(streams.open.size).toBe(1);
    await streams.pass(48 * hourMs, 60_000);
    expect(streams.state(id)).toMatchObject({ phase: 'parked' });
    expect(chaptersOf(id).length).toBeLessThanOrEqual(2);
    streams.prompted.length = 0;
    await streams.frame([1]);
    expect(streams.state(id)).toMatchObject({ phase: 'active', chapter: 1 });
    expect(streams.prompted).toEqual([{ sessionId: streams.state(id).sessionId, objectId: 1, frame: 0 }]);
    expect(streams.said.filter((text) => /stale|no frame|parked|back after/.test(text))).toHaveLength(3);
  });

  it('counts one fault however often it is tried, and another one after it was well', async () => {
    const id = await begin();
    const break_ = (attempt: number) =>
      streams.report([...streams.open.keys()].at(-1)!, {
        phase: 'reconnecting',
        attempt,
        problem: { code: 'address-unreachable', message: 'The camera is gone.' },
      });
    for (let attempt = 1; attempt < 9; attempt++) break_(attempt);
    expect(streams.state(id)).toMatchObject({ faults: 1, reconnects: 0, lastFault: { code: 'address-unreachable' } });
    await streams.frame();
    expect(streams.state(id)).toMatchObject({ faults: 1, reconnects: 1 });
    break_(1);
    expect(streams.state(id).faults).toBe(2);
  });
});

describe('chapters', () => {
  it('the next one takes over at its first frame, and until then the one before goes on', async () => {
    const id = await begin({ objects: [object], chapterMinutes: 1 });
    const first = streams.state(id).sessionId;
    await streams.pass(61 * secondMs);
    expect(streams.open.size).toBe(2);
    expect(streams.state(id)).toMatchObject({ sessionId: first, chapter: 0 });
    streams.service.view(id);
    await streams.frame([1]);
    const second = streams.state(id).sessionId;
    expect(second).not.toBe(first);
    expect(streams.state(id)).toMatchObject({ chapter: 1, isViewed: true });
    expect(streams.shown.get(second!)).toBe(true);
    expect(streams.open.size).toBe(1);
    expect(streams.service.chapters(id)).toMatchObject([{ number: 0, objects: 1 }]);
  });

  it('end with a model that takes over, with a picture that changes, and with an engine that is lost', async () => {
    const id = await begin({ objects: [object] });
    streams.service.endChapters('model');
    await streams.pass(secondMs);
    await streams.frame([1]);
    expect(streams.state(id)).toMatchObject({ chapter: 1, faults: 0 });
    const problem = { code: 'source-changed', message: 'It came back with a different picture.' };
    streams.report(streams.state(id).sessionId!, { phase: 'failed', problem }, true);
    await streams.service.settled();
    await streams.frame([1]);
    expect(streams.state(id)).toMatchObject({ chapter: 2, faults: 1, reconnects: 1 });
    streams.isReady = false;
    streams.service.onEngineLost();
    await streams.pass(secondMs);
    streams.open.clear();
    expect(streams.state(id)).toMatchObject({ sessionId: null, faults: 2 });
    streams.isReady = true;
    await streams.pass(secondMs);
    await streams.frame([1]);
    expect(streams.state(id)).toMatchObject({ chapter: 3, faults: 2, phase: 'active' });
    for (const { objectId } of streams.prompted) expect(objectId).toBe(1);
  });

  it('a source that refuses is tried again after longer and longer pauses', async () => {
    const id = streams.add('Locked');
    const tries: number[] = [];
    for (let second = 0; second < 900; second++) {
      await streams.pass(secondMs);
      const [live] = streams.open.keys();
      if (live === undefined) continue;
      tries.push(second);
      const problem = { code: 'address-forbidden', message: 'Wrong password.' };
      streams.report(live, { phase: 'failed', problem }, true);
      await streams.service.settled();
    }
    const pauses = tries.slice(1).map((second, i) => second - tries[i]!);
    expect(pauses.length).toBeGreaterThan(6);
    for (const [i, pause] of pauses.entries()) if (i > 0) expect(pause).toBeGreaterThanOrEqual(pauses[i - 1]!);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(301);
    expect(streams.state(id)).toMatchObject({ phase: 'failed', faults: 1 });
    // None of the tries left anything.
    expect(chaptersOf(id).length).toBeLessThanOrEqual(1);
  });
});

describe('the disk', () => {
  it('that is nearly full loses the oldest chapters of all, and then nothing more is recorded until there is room', async () => {
    const id = await begin({ chapterMinutes: 1 });
    for (let i = 0; i < 3; i++) {
      await streams.pass(61 * secondMs);
      await streams.frame();
    }
    expect(streams.service.chapters(id)).toHaveLength(3);
    streams.freeBytes = 1;
    await streams.pass(11 * secondMs);
    expect(streams.service.chapters(id).length).toBeLessThanOrEqual(1);
    await streams.pass(2 * secondMs);
    expect(streams.state(id)).toMatchObject({ sessionId: null, faults: 1, lastFault: { code: 'disk-full' } });
    streams.freeBytes = null;
    await streams.pass(40 * secondMs);
    await streams.frame();
    expect(streams.state(id)).toMatchObject({ phase: 'active', reconnects: 1 });
  });
});

it('a full memory asks for the model anew, and is one fault', async () => {
  const id = await begin();
  const problem = { code: 'out-of-memory', message: 'The memory is full.' };
  for (let i = 0; i < 3; i++) streams.report(streams.state(id).sessionId!, { phase: 'live', isTracking: false, problem });
  expect(streams.modelLoads).toBeGreaterThan(0);
  expect(streams.state(id).lastFault?.code).toBe('out-of-memory');
});

const openFiles = (): number | null => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : null);

describe('weeks', () => {
  it('of short chapters grow nothing: no file, no handle, no session, no state', { timeout: 60_000 }, async () => {
    // Frames come minutes apart here, and no stream is silent for that.
    streams = new ScriptedStreams(folder, { staleMs: hourMs, parkMs: 2 * hourMs });
    const id = await begin({ objects: [object], chapterMinutes: 60, retention: { days: 0.25, gigabytes: null } });
    const hour = async (): Promise<void> => {
      for (let part = 0; part < 4; part++) {
        await streams.pass(900_000, 900_000);
        await streams.frame([1]);
      }
    };
    for (let i = 0; i < 8; i++) await hour();
    const before = { files: openFiles(), sessions: streams.sessions.size, state: JSON.stringify(streams.state(id)).length };
    let mostChapters = 0;
    for (let i = 0; i < 7 * 24; i++) {
      await hour();
      mostChapters = Math.max(mostChapters, chaptersOf(id).length);
    }
    expect(streams.state(id).chapter).toBeGreaterThan(150);
    expect(mostChapters).toBeLessThanOrEqual(9);
    expect(streams.open.size).toBeLessThanOrEqual(2);
    expect(streams.sessions.size).toBe(before.sessions);
    expect(openFiles()).toBe(before.files);
    expect(JSON.stringify(streams.state(id)).length).toBeLessThan(before.state + 20);
    expect(streams.state(id).faults).toBe(0);
    // One name, one id, a week later.
    expect(new Set(streams.prompted.map(({ objectId }) => objectId))).toEqual(new Set([1]));
  });

  it('of 200 streams that are opened and ended leave nothing behind', async () => {
    await begin();
    const before = openFiles();
    for (let i = 0; i < 200; i++) {
      const id = streams.add(`Stream ${i}`, { objects: [object] });
      await streams.pass(secondMs);
      await streams.frame([1]);
      await streams.service.remove(id, false);
    }
    expect(streams.service.states).toHaveLength(1);
    expect([streams.open.size, streams.sessions.size]).toEqual([1, 1]);
    expect(openFiles()).toBe(before);
    expect(readdirSync(join(folder, 'streams'))).toHaveLength(1);
  });
});
