/** The memory tree over the contract, with a real engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeServices } from '../../src/main/cli/headless.ts';
import { type Clips, makeClips } from '../../src/main/engine/media/testing/make-clips.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import type { Connection } from '../../src/main/services/base/handlers.ts';
import { type HostMessage, hostMessageSchema } from '../../src/shared/contract.ts';
import { defaultMemorySettings } from '../../src/shared/memory-settings.ts';
import { withSession } from './contract-client.ts';

let clips: Clips;
let services: Services;
let connection: Connection;
const answers = new Map<number, (message: HostMessage) => void>();
let nextId = 1;

const call = (m: string, a: object): Promise<HostMessage> => {
  const id = nextId++;
  const answer = new Promise<HostMessage>((resolve) => answers.set(id, resolve));
  connection.receive({ t: 'req', id, m, a: withSession(m, a, services.sessions.list.at(-1)?.id ?? null) });
  return answer;
};

beforeAll(async () => {
  clips = await makeClips(['cfr']);
  services = await makeServices({});
  connection = services.connect({
    send: (data) => {
      const message = hostMessageSchema.parse(data);
      if (message.t === 'res' || message.t === 'err') answers.get(message.id)?.(message);
    },
    sendBinary: () => {},
  });
});
afterAll(async () => {
  await services.close();
  await clips.remove();
});

describe('session.setMemory and tree.get', () => {
  it('take effect with the next run and tell its branches', async () => {
    await call('session.open', { path: clips.path('cfr') });
    expect(services.sessions.latestState!.memory.settings).toEqual(defaultMemorySettings);
    const memory = { ...defaultMemorySettings, mode: 'tree', variant: 'exact', uncertaintyLogit: 20 };
    expect(await call('session.setMemory', { memory })).toMatchObject({ t: 'res' });
    expect(services.sessions.latestState!.memory.settings).toEqual(memory);

    await call('object.add', {});
    await call('prompt.set', { objectId: 1, frame: 0, points: [{ x: 160, y: 120, label: 1 }], box: null });
    const started = await call('track.start', { direction: 'forward', to: 4 });
    await services.operations.ended((started as { r: { operationId: string } }).r.operationId);

    const answer = (await call('tree.get', { objectId: 1, from: 0, to: 4 })) as { r: { events: { type: string; frame: number }[] } };
    const { events } = answer.r;
    expect(events[0]).toMatchObject({ type: 'spawned', frame: 1, parent: null });
    expect(events.filter(({ type }) => type === 'spawned')).toHaveLength(services.sessions.latestState!.memory.counters.spawned);
    expect(events.some(({ type, frame }) => type === 'scored' && frame === 2)).toBe(true);
    expect(services.sessions.latestState!.memory.revision).toBeGreaterThan(0);
  });

  it('refuse settings out of range', async () => {
    expect(await call('session.setMemory', { memory: { ...defaultMemorySettings, maxBranches: 99 } })).toMatchObject({
      t: 'err',
      e: { code: 'bad-request' },
    });
  });
});
