/** `sam2-video models`: as a user runs it, against a real server on loopback. */
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256, writeSampleBundle } from '../../src/main/engine/model/checkpoint/testing/sample-bundle.ts';
import {
  CheckpointServer,
  cutAfter,
  type Reply,
  serving,
  stallAfter,
  whole,
} from '../../src/main/services/models/testing/checkpoint-server.ts';
import { sampleWeights, writeSampleModel } from '../../src/main/services/models/testing/sample-model.ts';
import { makeTempFolder, runCli, startCli } from './run-cli.ts';

const weights = sampleWeights();
let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let count = 0;
let data: string;
beforeAll(async () => {
  folder = await makeTempFolder();
  const published = { bytes: weights.length, sha256: sha256(weights) };
  await writeSampleModel(join(folder.path, 'app'), 'sample', published);
  await writeSampleBundle(join(folder.path, 'app', 'whole', 'bundle'));
});
afterAll(() => folder.remove());
beforeEach(() => {
  data = join(folder.path, `data-${count++}`);
});

const env = (server?: CheckpointServer): Record<string, string> => ({
  SAM2_VIDEO_MODELS: join(folder.path, 'app'),
  SAM2_VIDEO_DATA: data,
  NO_PROXY: '127.0.0.1',
  ...(server && { SAM2_VIDEO_MODELS_URL: server.url }),
});
const models = (args: string[], server?: CheckpointServer) => runCli(['models', ...args], env(server));
const serve = (...replies: Reply[]) => CheckpointServer.start(weights, ...replies);
const installed = () => join(data, 'models', 'sample');

describe('sam2-video models', () => {
  it('gets a model over a connection that breaks, lists, verifies and removes it', async () => {
    await using server = await serve(cutAfter(120_000), whole);
    const got = await models(['get', 'sample'], server);
    expect([got.code, got.stdout]).toEqual([0, expect.stringContaining('Sample is installed; its sha256 is the published one.')]);
    expect(got.stdout).toContain(join(installed(), 'sample.pt'));
    expect(got.stderr).toMatch(/Get sample: \d+\.\d kB of 2\d\d\.\d kB/);
    expect(got.stderr).toContain('retrying');
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=120000-']);

    const listed = await models(['list']);
    expect(listed.stdout).toMatch(/sample\tSample, installed, 2\d\d\.\d kB, 256 and 512 px/);
    expect(listed.stdout).toContain(`sha256: ${sha256(weights)} (as published)`);
    expect(listed.stdout).toMatch(/whole\tSample, comes with the app/);
    expect((await models([])).stdout).toBe(listed.stdout);
    expect(JSON.parse((await models(['list', '--json'])).stdout)[1]).toMatchObject({
      id: 'sample',
      state: 'installed',
      imageSizes: [256, 512],
    });

    expect(await models(['verify', 'sample'])).toMatchObject({ code: 0, stdout: expect.stringContaining('is intact') });
    const removed = await models(['remove', 'sample']);
    expect(removed.stdout.trim().split('\n')).toEqual(
      ['sample.pt.json', 'sample.pt', '256', '512'].map((name) => `removed ${join(installed(), name)}`),
    );
    expect(readdirSync(installed())).toEqual([]);
    expect(await models(['verify', 'sample'])).toMatchObject({ code: 1, stderr: expect.stringContaining('error (model-missing)') });
  });

  it('an interrupt keeps what came, and the next get goes on', async () => {
    await using server = await serve(stallAfter(100_000), whole);
    const { child, ended } = startCli(['models', 'get', 'sample'], env(server));
    await server.asked(1);
    const part = join(installed(), '.sample.pt.part');
    await vi.waitUntil(() => existsSync(part) && statSync(part).size === 100_000, { timeout: 30_000 });
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect((await models(['list'], server)).stdout).toContain('partly downloaded (100.0 kB so far)');
    expect((await models(['get', 'sample'], server)).code).toBe(0);
    expect(server.requests.at(-1)!.range).toBe('bytes=100000-');
  });

  it('two processes at once: one gets it, the other is told who does', async () => {
    await using server = await serve(stallAfter(100_000), whole);
    const first = startCli(['models', 'get', 'sample'], env(server));
    await server.asked(1);
    const second = await models(['get', 'sample'], server);
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining(`error (busy): Sample is being installed`)]);
    expect(second.stderr).toContain(`process ${first.child.pid}`);
    first.child.kill('SIGKILL');
    await first.ended;
    // The lock of a process that is gone holds nobody up.
    expect((await models(['get', 'sample'], server)).code).toBe(0);
  });

  it('wrong bytes are refused and nothing of them is left', async () => {
    await using server = await serve(serving(Buffer.alloc(weights.length, 7)));
    const run = await models(['get', 'sample'], server);
    expect([run.code, run.stderr]).toEqual([1, expect.stringMatching(/error \(model-tampered\): .*refused and deleted/)]);
    expect(readdirSync(installed())).toEqual([]);
  });

  it('imports from disk by itself knowing the model, without any network', async () => {
    const path = join(folder.path, 'any name.pt');
    writeFileSync(path, weights);
    const run = await models(['import', path]);
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('Sample is installed')]);
    writeFileSync(path, weights.subarray(0, 9000));
    const broken = await models(['import', path, '--as', 'sample']);
    expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining('error (checkpoint-refused)')]);
    expect((await models(['verify', 'sample'])).code).toBe(0);
  });

  it.each([
    [['get', 'nothing'], 'model-missing'],
    [['get', 'whole'], 'bad-request'],
    [['get', 'sample'], 'model-missing'],
    [['get', 'sample', '--proxy', 'socks5://x:1'], 'bad-request'],
    [['verify', 'sample'], 'model-missing'],
    [['remove', 'whole'], 'not-allowed'],
    [['import', '/nowhere.pt'], 'model-missing'],
  ])('%j', async (args, code) => {
    const run = await models(args);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining(`error (${code})`)]);
  });

  it('an address that is not https', async () => {
    const run = await runCli(['models', 'get', 'sample'], { ...env(), SAM2_VIDEO_MODELS_URL: 'http://models.example' });
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('error (not-allowed)')]);
  });

  it('track says how to get a model that is not here', async () => {
    const run = await runCli(['track', 'clip.mp4', '--point', '1,1@0', '--model', 'sample@512', '--out', data], env());
    expect([run.code, run.stderr]).toEqual([1, expect.stringMatching(/error \(model-missing\): .*models get sample/)]);
    const size = await runCli(['track', 'clip.mp4', '--point', '1,1@0', '--model', 'sample@300', '--out', data], env());
    expect(size.stderr).toMatch(/error \(model-missing\): .*256, 512/);
  });
});
