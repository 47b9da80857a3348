import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AppEvent, appEventSchema, withoutCredentials } from './app-event.ts';
import { EventBus } from './event-bus.ts';
import { EventLog } from './event-log.ts';
import { EventSource } from './event-source.ts';
import { ObjectLives } from './object-lives.ts';
import { streamState, trackedObject } from './testing/stream-facts.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-events-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const engine = (state: string): AppEvent => ({ type: 'engine', state, atMs: 0 });
const statesOf = (events: readonly AppEvent[]): string[] => events.map((event) => (event.type === 'engine' ? event.state : event.type));

it('a slow sink loses its oldest events, which are counted, and holds nobody up', async () => {
  const bus = new EventBus(2);
  const quick: string[] = [];
  const slow: string[] = [];
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  bus.add({ name: 'quick', write: (events) => void quick.push(...statesOf(events)) });
  bus.add({
    name: 'slow',
    write: async (events) => {
      slow.push(...statesOf(events));
      begun.resolve();
      await gate.promise;
    },
  });
  bus.publish(engine('1'));
  await begun.promise;
  for (const state of ['2', '3', '4']) {
    bus.publish(engine(state));
    await Promise.resolve();
    await Promise.resolve();
  }
  gate.resolve();
  await bus.settled();
  expect(quick).toEqual(['1', '2', '3', '4']);
  expect(slow).toEqual(['1', '3', '4']);
  expect(bus.dropped).toEqual({ quick: 0, slow: 1 });
});

it('a sink that throws is counted, and gets what comes later', async () => {
  const bus = new EventBus();
  let writes = 0;
  bus.add({
    name: 'broken',
    write: () => {
      if (writes++ === 0) throw new Error('no');
    },
  });
  bus.publish(engine('1'));
  await bus.settled();
  bus.publish(engine('2'));
  await bus.settled();
  expect([writes, bus.dropped.broken]).toEqual([2, 1]);
});

it('objects are born once, and lost and found in turns', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ id: fc.integer({ min: 1, max: 3 }), isPresent: fc.boolean() })), (shown) => {
      const lives = new ObjectLives();
      const turns = shown.flatMap((one) => lives.onFrame('door', [one]));
      for (const id of [1, 2, 3]) {
        const own = turns.filter((turn) => turn.id === id).map(({ turn }) => turn);
        const expected = own.map((_, i) => (i === 0 ? 'object-born' : i % 2 === 1 ? 'object-lost' : 'object-found'));
        if (own.join() !== expected.join()) return false;
      }
      return lives.end('door').length === new Set(turns.map(({ id }) => id)).size && lives.streams.length === 0;
    }),
  );
});

it('the log holds every event but frames, a line of JSON each, and is rotated', async () => {
  const path = join(folder, 'logs', 'events.jsonl');
  const log = new EventLog(path, { mostBytes: 100, keptFiles: 2 });
  for (let i = 0; i < 12; i++) {
    await log.write([engine(`state ${i}`), { type: 'frame', stream: 'door', frame: i, processingMs: 1, objects: [], atMs: 0 }]);
  }
  expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['events.jsonl', 'events.jsonl.1', 'events.jsonl.2']);
  const lines = ['.2', '.1', ''].flatMap((end) =>
    readFileSync(path + end, 'utf8')
      .trimEnd()
      .split('\n'),
  );
  const kept = lines.map((line) => JSON.parse(line));
  expect(kept.at(-1)).toEqual({ time: '1970-01-01T00:00:00.000Z', type: 'engine', state: 'state 11' });
  expect(kept.map(({ state }) => state)).toEqual(Array.from({ length: kept.length }, (_, i) => `state ${12 - kept.length + i}`));
});

it('what the engine tells becomes events; a fault is told once, without the password of its address', async () => {
  const bus = new EventBus();
  const got: AppEvent[] = [];
  bus.add({ name: 'test', write: (events) => void got.push(...events) });
  let states = [streamState({ name: 'door' })];
  const source = new EventSource(
    bus,
    {
      nameOf: () => 'door',
      get states() {
        return states;
      },
    },
    () => 5,
  );
  const frame = (number: number, objectLogit: number): void =>
    source.onFrame({
      ...{ sessionId: 's', frame: number, timeMs: 0, isNew: true, picture: null, processingMs: 20 },
      results: [trackedObject(7, objectLogit)],
      memory: { uncertainty: [], events: [], amended: [] },
    });
  frame(0, 3);
  frame(1, -3);
  frame(2, 3);
  const message = 'No answer from rtsp://admin:secret@10.0.0.2/live.';
  states = [streamState({ name: 'door', lastFault: { code: 'address-timeout', message, atMs: 1 } })];
  source.onReport();
  source.onReport();
  states = [];
  source.onReport();
  await bus.settled();
  expect(got.map(({ type }) => type)).toEqual([
    ...['frame', 'object-born', 'frame', 'object-lost', 'frame', 'object-found', 'fault', 'object-ended'],
  ]);
  expect(got.find(({ type }) => type === 'fault')).toMatchObject({ message: 'No answer from rtsp://10.0.0.2/live.' });
  for (const event of got) expect(appEventSchema.parse(event)).toEqual(event);
});

it('no name and no password of an address is left', () => {
  const part = fc.stringMatching(/^[\w.%-]{1,10}$/);
  fc.assert(
    fc.property(part, part, fc.constantFrom('rtsp', 'http', 'srt'), (name, password, scheme) => {
      const text = withoutCredentials(`from ${scheme}://${name}:${password}@host/x and ${scheme}://${name}@host`);
      return text === `from ${scheme}://host/x and ${scheme}://host`;
    }),
  );
});
