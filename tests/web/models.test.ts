/**
 * Models through the contract, with a real engine: a checkpoint downloaded from loopback is put to work on an open
 * clip.
 */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeServices } from '../../src/main/cli/headless.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import type { Connection } from '../../src/main/services/base/handlers.ts';
import { addressVariable } from '../../src/main/services/download/download-address.ts';
import { CheckpointServer, cutAfter, whole } from '../../src/main/services/models/testing/checkpoint-server.ts';
import { makeTempFolder, root } from '../cli/run-cli.ts';
import { embeddedModel } from '../embedded-model.ts';
import { parityFixture, sayIfMissing } from '../parity/shared-data.ts';
import { ContractClient, type MirroredState } from './contract-client.ts';

const id = 'sam21-small256';
const sharedCheckpoint = join(parityFixture, 'sam2_small256.pt');
sayIfMissing(existsSync(sharedCheckpoint), sharedCheckpoint);

const noLink = { send: () => {}, sendBinary: () => {} };

/** A client in this process: the contract without a wire. */
class Client extends ContractClient {
  readonly #connection: Connection;

  constructor(services: Services) {
    super();
    this.#connection = services.connect({ send: (data) => this.receive(data), sendBinary: () => {} });
  }

  protected send(message: object): void {
    this.#connection.receive(message);
  }

  override get state(): MirroredState {
    return super.state!;
  }

  get entry() {
    return this.state.models.entries.find((entry) => entry.id === id)!;
  }
}

describe.skipIf(!existsSync(sharedCheckpoint))('models over the contract', () => {
  let folder: Awaited<ReturnType<typeof makeTempFolder>>;
  let server: CheckpointServer;
  let services: Services;
  let client: Client;
  beforeAll(async () => {
    folder = await makeTempFolder();
    const modelsDir = join(folder.path, 'app');
    cpSync(join(root, 'models/nano/bundle'), join(modelsDir, 'nano', 'bundle'), { recursive: true });
    cpSync(join(root, 'tests/fixtures/sam21-small256'), join(modelsDir, id), { recursive: true });
    server = await CheckpointServer.start(readFileSync(sharedCheckpoint), cutAfter(3_000_000), whole);
    process.env[addressVariable] = server.url;
    services = await makeServices({}, { modelsDir, dataDir: join(folder.path, 'data'), remembersModel: true });
    services.engine.require();
    client = new Client(services);
    await client.until(() => client.state.models.entries.length === 2);
  });
  afterAll(async () => {
    delete process.env[addressVariable];
    await services.close();
    await server[Symbol.asyncDispose]();
    await folder.remove();
  });

  it('a model that is not installed is measured in an engine of its own, while the one at work stays', async () => {
    const enginePid = services.engine.pid;
    const measured = client.call('model.measure', { model: { id, imageSize: 256 } });
    await client.until(() => client.state.models.isMeasuring);
    expect(await measured).toMatchObject({ t: 'res' });
    await client.until(() => !client.state.models.isMeasuring);
    expect(client.state.models.speeds).toMatchObject([{ id, imageSize: 256, provider: 'cpu', objects: 1 }]);
    expect(client.state.models.active).toMatchObject({ id: 'nano' });
    expect([client.entry.state, server.requests.length, services.engine.pid]).toEqual(['missing', 0, enginePid]);
    expect(await client.call('model.measure', { model: { id, imageSize: 999 } })).toMatchObject({ e: { code: 'model-missing' } });
  });

  it('nothing is fetched before it is asked for; then a download goes on over a cut, with its progress in the state', async () => {
    expect(client.state.models).toMatchObject({ active: { id: 'nano', provider: 'cpu' }, isSwitching: false });
    expect([client.entry.state, server.requests.length]).toEqual(['missing', 0]);
    expect(await client.call('model.use', { id, imageSize: 256 })).toMatchObject({ e: { code: 'model-missing' } });
    await client.until(() => client.state.engine.state === 'ready' && !client.state.models.isSwitching);
    expect(client.state.models.active?.id).toBe('nano');

    expect(await client.call('model.download', { id })).toMatchObject({ t: 'res' });
    expect(await client.call('model.download', { id })).toMatchObject({ e: { code: 'busy' } });
    await client.until(() => (client.entry.task?.done ?? 0) > 0 && client.entry.task?.total === 11_889_663);
    await client.until(() => client.entry.task?.state !== 'running' && client.entry.state === 'installed');
    expect(client.entry.task).toMatchObject({ state: 'done', error: null });
    expect(client.entry.task?.message).toContain('was recorded and is checked from now on');
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, expect.stringMatching(/^bytes=[23]\d{6}-$/)]);
  });

  it('another model goes on with the clip and the prompts, and is remembered; tracked masks stay', async () => {
    await client.call('session.openSample');
    await client.call('object.add', { name: 'Rabbit' });
    await client.call('prompt.set', { objectId: 1, frame: 3, points: [{ x: 120, y: 190, label: 1 }], box: null });
    await client.call('track.start', { direction: 'forward', to: 6 });
    expect(await client.call('model.use', { id, imageSize: 256 })).toMatchObject({ e: { code: 'busy' } });
    await client.until(() => client.state.operations.at(-1)?.state === 'done');
    const nanoMasks = [3, 5].map((frame) => services.sessions.latest.store.get(1, frame)!);

    const switched = client.call('model.use', { id, imageSize: 256 });
    expect(await client.call('prompt.set', { objectId: 1, frame: 3, points: [], box: null })).toMatchObject({ e: { code: 'busy' } });
    expect(await switched).toMatchObject({ t: 'res' });
    await client.until(() => client.state.models.active?.id === id && client.state.engine.state === 'ready');
    expect(client.state.session).toMatchObject({
      model: { imageSize: 256 },
      objects: [{ name: 'Rabbit', prompts: [{ frame: 3 }], results: [[3, 6]] }],
    });
    await client.until(() => client.state.notices.some(({ text }) => text.includes('Press Track to track again')));
    const [prompted, tracked] = [3, 5].map((frame) => services.sessions.latest.store.get(1, frame)!);
    expect(prompted).not.toEqual(nanoMasks[0]);
    expect(prompted!.overlay.width).toBe(64);
    expect(tracked).toEqual(nanoMasks[1]);

    // A correction where the other model had tracked: its logits have another grid and are no prior for this one.
    expect(await client.call('prompt.set', { objectId: 1, frame: 5, points: [{ x: 130, y: 190, label: 1 }], box: null })).toMatchObject({
      t: 'res',
    });
    await client.call('track.start', { direction: 'forward', to: 8 });
    await client.until(() => client.state.operations[1]?.state === 'done');
    // The session's state comes on its own.
    await client.until(() => client.state.session?.objects[0]?.results[0]?.[1] === 8);
    expect(client.state.session!.objects[0]!.results).toEqual([[3, 8]]);
    expect(services.sessions.latest.store.get(1, 4)!.overlay.width).toBe(64);
    expect(JSON.parse(readFileSync(join(folder.path, 'data', 'models.json'), 'utf8'))).toMatchObject({ model: `${id}@256` });
  });

  it('the model at work is the one that a restarted engine loads, and is neither removed nor replaced', async () => {
    expect(await client.call('model.remove', { id })).toMatchObject({ e: { code: 'busy' } });
    expect(await client.call('model.import', { id: null, path: sharedCheckpoint })).toMatchObject({ e: { code: 'busy' } });
    process.kill(services.engine.pid!, 'SIGKILL');
    await client.until(() => client.state.engine.state === 'restarting');
    await client.until(() => client.state.engine.state === 'ready');
    expect(client.state.models.active).toMatchObject({ id, imageSize: 256 });
    await client.call('model.verify', { id });
    await client.until(() => client.entry.task?.kind === 'verify' && client.entry.task.state === 'done');
    expect(client.entry.task?.message).toContain('is intact');
  });

  it('a model that can not be used leaves the former at work', async () => {
    expect(await client.call('model.use', { id: 'nano', imageSize: 999 })).toMatchObject({ e: { code: 'model-missing' } });
    await client.until(() => client.state.engine.state === 'ready' && !client.state.models.isSwitching);
    expect(client.state.models.active?.id).toBe(id);
    expect(await client.call('prompt.set', { objectId: 1, frame: 3, points: [{ x: 120, y: 190, label: 1 }], box: null })).toMatchObject({
      t: 'res',
    });
  });

  it('is removed when another is at work, installed from disk again, and gives way when it is gone at the next start', async () => {
    expect(await client.call('model.use', { id: 'nano', imageSize: embeddedModel.imageSize })).toMatchObject({ t: 'res' });
    expect(await client.call('model.remove', { id })).toMatchObject({ t: 'res' });
    await client.until(() => client.entry.state === 'missing');
    expect(await client.call('model.import', { id: null, path: sharedCheckpoint })).toMatchObject({ r: { id } });
    await client.until(
      () => client.entry.task?.kind === 'import' && client.entry.task.state === 'done' && client.entry.state === 'installed',
    );
    expect(await client.call('model.use', { id, imageSize: 256 })).toMatchObject({ t: 'res' });

    const modelsDir = join(folder.path, 'app');
    const dataDir = join(folder.path, 'data');
    const next = await makeServices({}, { modelsDir, dataDir, remembersModel: true });
    expect(next.state.models.active?.id).toBe(id);
    await next.close();
    await services.models.handlers['model.use']({ id: 'nano', imageSize: embeddedModel.imageSize }, noLink);
    await services.models.handlers['model.remove']({ id }, noLink);
    writeFileSync(join(dataDir, 'models.json'), JSON.stringify({ model: `${id}@256`, proxy: 'http://proxy.example:1' }));
    const fallen = await makeServices({}, { modelsDir, dataDir, remembersModel: true });
    expect(fallen.state).toMatchObject({ engine: { state: 'ready' }, models: { active: { id: 'nano' }, proxy: 'http://proxy.example:1' } });
    expect(fallen.state.notices[0]?.text).toContain('The model "nano" is used instead');
    await fallen.close();
  });

  it('started with a model that is not installed, it says so, gets it, and goes on', async () => {
    const started = await makeServices({ model: id }, { modelsDir: join(folder.path, 'app'), dataDir: join(folder.path, 'other') });
    const window = new Client(started);
    expect(started.state).toMatchObject({
      engine: { state: 'failed', message: expect.stringContaining('models get') },
      models: { active: null },
    });
    expect(await window.call('model.use', { id, imageSize: 256 })).toMatchObject({ e: { code: 'model-missing' } });
    expect(started.state.engine.state).toBe('failed');
    await window.call('model.download', { id });
    await window.until(() => window.state.models.entries.some((entry) => entry.id === id && entry.state === 'installed'));
    expect(await window.call('model.use', { id, imageSize: 256 })).toMatchObject({ t: 'res' });
    expect(started.state).toMatchObject({ engine: { state: 'ready' }, models: { active: { id } } });
    expect(await window.call('session.openSample')).toMatchObject({ t: 'res' });
    await started.close();
  });

  it('a proxy is set and forgotten', async () => {
    expect(await client.call('model.setProxy', { proxy: 'socks5://x' })).toMatchObject({ e: { code: 'bad-request' } });
    await client.call('model.setProxy', { proxy: 'http://proxy.example:3128' });
    await client.until(() => client.state.models.proxy === 'http://proxy.example:3128');
    await client.call('model.setProxy', { proxy: null });
    await client.until(() => client.state.models.proxy === null);
  });
});
