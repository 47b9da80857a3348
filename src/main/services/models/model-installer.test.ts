import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, cp, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBundle } from '../../engine/model/bundle.ts';
import { sha256, writeSampleBundle } from '../../engine/model/checkpoint/testing/sample-bundle.ts';
import { floats } from '../../engine/model/checkpoint/testing/sample-checkpoint.ts';
import { outcomeOf, TempFolder } from '../../engine/model/checkpoint/testing/temp-folder.ts';
import { bundleFor, recordPath } from '../../engine/model/installed-bundle.ts';
import { type Disk, systemDisk } from './disk.ts';
import { lockFolder } from './install-lock.ts';
import type { InstallProgress } from './install-run.ts';
import { type InstallOutcome, ModelInstaller, type ModelInstallerOptions } from './model-installer.ts';
import { listModels } from './model-list.ts';
import { installedMessage } from './model-service.ts';
import { CheckpointServer, cutAfter, type Reply, serving, stallAfter, status, whole } from './testing/checkpoint-server.ts';
import { FakeClock } from './testing/fake-clock.ts';
import { sampleTensors, sampleWeights, writeSampleModel } from './testing/sample-model.ts';

const weights = sampleWeights();
const files = ['image_encoder.onnx', 'mask_decoder.onnx', 'mask_prompt.onnx', 'memory_attention.onnx', 'memory_encoder.onnx', 'sample.pt'];

class Setup implements AsyncDisposable {
  readonly progress: InstallProgress[] = [];
  readonly installer: ModelInstaller;
  readonly #folder: TempFolder;
  readonly server: CheckpointServer;
  readonly #options: ModelInstallerOptions;

  private constructor(folder: TempFolder, server: CheckpointServer) {
    this.#folder = folder;
    this.server = server;
    this.#options = {
      modelsDir: join(folder.path, 'app'),
      installedDir: join(folder.path, 'data', 'models'),
      appVersion: '1',
      clock: new FakeClock(),
      env: { SAM2_VIDEO_MODELS_URL: `${server.url}/mirror/` },
    };
    this.installer = new ModelInstaller(this.#options);
  }

  static async with(published: Parameters<typeof writeSampleModel>[2], ...replies: Reply[]): Promise<Setup> {
    const setup = new Setup(await TempFolder.create(), await CheckpointServer.start(weights, ...replies));
    await writeSampleModel(setup.installer.modelsDir, 'sample', published);
    await writeSampleBundle(join(setup.installer.modelsDir, 'whole', 'bundle'));
    return setup;
  }

  other(change: Partial<ModelInstallerOptions>): ModelInstaller {
    return new ModelInstaller({ ...this.#options, ...change });
  }

  run(signal = new AbortController().signal) {
    return { signal, onProgress: (progress: InstallProgress) => void this.progress.push(progress) };
  }

  get folder(): string {
    return join(this.installer.installedDir, 'sample');
  }

  get checkpoint(): string {
    return join(this.folder, 'sample.pt');
  }

  file(name: string, data: Uint8Array): Promise<string> {
    return this.#folder.file(name, data);
  }

  get(): Promise<InstallOutcome> {
    return this.installer.download('sample', this.run());
  }

  /** The bundle opens and is bound to the checkpoint at every size. */
  async expectUsable(): Promise<void> {
    const model = await this.installer.model('sample');
    for (const size of [256, 512]) {
      const dir = await bundleFor(model, size, this.installer.installedDir);
      expect(dir).toBe(join(this.folder, String(size)));
      const bundle = await openBundle(dir);
      expect([bundle.needsWeights, bundle.manifest.imageSize]).toEqual([false, size]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

const published = { bytes: weights.length, sha256: sha256(weights) };

describe('downloading a model', () => {
  it('installs what was published, once on the disk, and usable at every size', async () => {
    await using setup = await Setup.with(published, cutAfter(100_000), whole);
    const { record, model, wasInstalled } = await setup.get();
    expect(setup.server.requests[0]!.path).toBe('/mirror/sample.pt');
    expect(record).toMatchObject({
      sha256: sha256(weights),
      bytes: weights.length,
      checked: 'published',
      source: `${setup.server.url}/mirror/sample.pt`,
    });
    expect([wasInstalled, model.name]).toEqual([false, 'Sample']);
    expect(setup.progress.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['connecting', 'transferring', 'waiting', 'checking', 'binding']),
    );
    await setup.expectUsable();
    expect(readdirSync(setup.folder).sort()).toEqual(['256', '512', 'sample.pt', 'sample.pt.json']);
    expect(readdirSync(join(setup.folder, '512')).sort()).toEqual(['binding.json', ...files, 'manifest.json'].sort());
    const inodes = await Promise.all(['sample.pt', '256/sample.pt', '512/sample.pt'].map((name) => stat(join(setup.folder, name))));
    // Clones have inodes of their own and share blocks; where there are none, one file has three names.
    if (inodes[0]!.nlink > 1) expect(new Set(inodes.map(({ ino }) => ino)).size).toBe(1);
    expect((await setup.get()).wasInstalled).toBe(true);
    expect(setup.server.requests).toHaveLength(2);
  });

  it('records the sha256 where none is published, says so, and checks it from then on', async () => {
    await using setup = await Setup.with({});
    const outcome = await setup.get();
    expect(outcome.record.checked).toBe('recorded');
    expect(installedMessage(outcome)).toContain(`${sha256(weights)} was recorded`);
    expect(await setup.installer.verify('sample', setup.run())).toContain('recorded when it was installed');
    const changed = Buffer.from(weights);
    changed[changed.length - 600]! ^= 1;
    await writeFile(setup.checkpoint, changed);
    expect(await outcomeOf(() => setup.installer.verify('sample', setup.run()))).toMatch(
      /^model-tampered: .*has changed since it was installed/,
    );
  });

  it.each<[string, Parameters<typeof writeSampleModel>[2], Buffer, RegExp]>([
    ['other bytes of the published size', published, randomBytes(weights.length), /^model-tampered: .*refused and deleted/],
    ['a page instead of a file', {}, Buffer.from('<html>not found</html>'), /^checkpoint-(refused|unsupported): /],
    ['a file that is cut short under its own length', {}, weights.subarray(0, weights.length - 1000), /^checkpoint-refused: /],
    ['a checkpoint of another model', {}, sampleWeights({}, { 'net.a': sampleTensors['net.a']! }), /^model-mismatch: .*"net.b" is missing/],
  ])('refuses %s and deletes it', async (_what, known, other, reason) => {
    await using setup = await Setup.with(known, serving(other));
    expect(await outcomeOf(() => setup.get())).toMatch(reason);
    expect(readdirSync(setup.folder)).toEqual([]);
    expect(await outcomeOf(() => setup.installer.verify('sample', setup.run()))).toMatch(/^model-missing: /);
  });

  it('keeps the part when cancelled, shows it, and goes on', async () => {
    await using setup = await Setup.with(published, stallAfter(90_000), whole);
    const controller = new AbortController();
    const cancelled = setup.installer.download('sample', {
      signal: controller.signal,
      onProgress: ({ done }) => done >= 90_000 && controller.abort(),
    });
    expect(await outcomeOf(() => cancelled)).toMatch(/^cancelled: /);
    expect((await listModels(setup.installer)).find(({ id }) => id === 'sample')).toMatchObject({ state: 'partial', partialBytes: 90_000 });
    await setup.get();
    expect(setup.server.requests.at(-1)!.range).toBe('bytes=90000-');
    await setup.expectUsable();
  });

  it('converts a checkpoint that can not be used in place, once for all sizes', async () => {
    const compressed = sampleWeights({ deflate: true });
    await using setup = await Setup.with({}, serving(compressed));
    await setup.get();
    await setup.expectUsable();
    const [a, b] = await Promise.all(['256', '512'].map((size) => stat(join(setup.folder, size, 'weights.bin'))));
    expect([a!.ino, a!.nlink]).toEqual([b!.ino, 2]);
  });

  it('goes nowhere without an address, nor to one that is not https', async () => {
    await using setup = await Setup.with({});
    expect(await outcomeOf(() => setup.other({ env: {} }).download('sample', setup.run()))).toMatch(
      /^model-missing: .*no official address/,
    );
    for (const base of ['http://models.example', 'ftp://127.0.0.1', 'nonsense', 'https://user:secret@models.example']) {
      const outcome = await outcomeOf(() => setup.other({ env: { SAM2_VIDEO_MODELS_URL: base } }).download('sample', setup.run()));
      expect(outcome).toMatch(/^not-allowed: /);
      expect(outcome).not.toContain('secret');
    }
    expect(await outcomeOf(() => setup.installer.download('whole', setup.run()))).toMatch(/^bad-request: /);
    expect(await outcomeOf(() => setup.installer.download('../sample', setup.run()))).toMatch(/^model-missing: /);
  });

  it('says that the disk is full', async () => {
    await using setup = await Setup.with(published);
    const disk: Disk = { ...systemDisk, freeBytes: async () => 1000 };
    expect(await outcomeOf(() => setup.other({ disk }).download('sample', setup.run()))).toMatch(/^disk-full: /);
    expect(await outcomeOf(() => setup.get())).toBe('success');
  });

  it('says what the server said', async () => {
    await using setup = await Setup.with(published, status(404));
    expect(await outcomeOf(() => setup.get())).toMatch(/^download-failed: .*404.*import it from disk/);
  });
});

describe('one installation at a time', () => {
  it('in one process', async () => {
    await using setup = await Setup.with(published, stallAfter(50_000), whole);
    const controller = new AbortController();
    const first = outcomeOf(() => setup.installer.download('sample', setup.run(controller.signal)));
    await setup.server.asked(1);
    expect(await outcomeOf(() => setup.get())).toMatch(/^busy: /);
    expect(await outcomeOf(() => setup.installer.remove('sample'))).toMatch(/^busy: /);
    controller.abort();
    expect(await first).toMatch(/^cancelled: /);
    expect(await outcomeOf(() => setup.get())).toBe('success');
  });

  it('takes over from a process that is gone, not from one that is there', async () => {
    await using folder = await TempFolder.create();
    const gone = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => gone.once('exit', resolve));
    await writeFile(join(folder.path, '.lock'), `${gone.pid} x`);
    const lock = await lockFolder(folder.path, 'Sample');
    await lock.release();
    expect(readdirSync(folder.path)).toEqual([]);

    await writeFile(join(folder.path, '.lock'), `${process.ppid} x`);
    expect(await outcomeOf(() => lockFolder(folder.path, 'Sample'))).toMatch(new RegExp(`^busy: .*process ${process.ppid}`));
    const longAgo = Date.now() / 1000 - 3600;
    await utimes(join(folder.path, '.lock'), longAgo, longAgo);
    await (await lockFolder(folder.path, 'Sample')).release();
  });

  it('lets one of many have it', async () => {
    await using folder = await TempFolder.create();
    await writeFile(join(folder.path, '.lock'), '0 nobody');
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => outcomeOf(() => lockFolder(folder.path, 'Sample'))));
    expect(outcomes.filter((outcome) => outcome === 'success')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.startsWith('busy: '))).toHaveLength(11);
  });
});

describe('importing a model from disk', () => {
  it('copies the file, leaves it alone, and finds out which model it is of', async () => {
    await using setup = await Setup.with(published);
    const path = await setup.file('mine.pt', weights);
    expect(await setup.installer.identify(path)).toBe('sample');
    const { record } = await setup.installer.import('sample', path, setup.run());
    expect(record).toMatchObject({ checked: 'published', source: path });
    await setup.expectUsable();
    await appendFile(path, 'more');
    expect(await setup.installer.verify('sample', setup.run())).toContain('the published one');
    expect(setup.server.requests).toEqual([]);
  });

  it('takes weights of one own, in place of others, and says that nobody vouches for them', async () => {
    await using setup = await Setup.with(published);
    await setup.get();
    const own = sampleWeights({}, { ...sampleTensors, 'net.a': { shape: [2, 3], data: floats([9, 9, 9, 9, 9, 9]) } });
    const outcome = await setup.installer.import('sample', await setup.file('own.pt', own), setup.run());
    expect([outcome.record.sha256, outcome.record.checked]).toEqual([sha256(own), 'recorded']);
    await setup.expectUsable();
    for (const size of ['256', '512']) expect(await readFile(join(setup.folder, size, 'sample.pt'))).toEqual(own);
  });

  it('links the file when that is asked for', async () => {
    await using setup = await Setup.with(published);
    const path = await setup.file('mine.pt', weights);
    await setup.installer.import('sample', path, setup.run(), true);
    expect((await stat(setup.checkpoint)).ino).toBe((await stat(path)).ino);
  });

  it('refuses what does not fit, and leaves what was installed', async () => {
    await using setup = await Setup.with(published);
    await setup.get();
    const wrong = await setup.file('wrong.pt', sampleWeights({}, { 'net.a': sampleTensors['net.a']! }));
    expect(await outcomeOf(() => setup.installer.import('sample', wrong, setup.run()))).toMatch(/^model-mismatch: /);
    expect(await outcomeOf(() => setup.installer.identify(wrong))).toMatch(/^model-mismatch: .*fits no model/);
    expect(await outcomeOf(() => setup.installer.import('sample', `${wrong}.none`, setup.run()))).toMatch(/^model-missing: /);
    const broken = Buffer.from(weights);
    broken[400]! ^= 1;
    expect(await outcomeOf(async () => setup.installer.import('sample', await setup.file('b.pt', broken), setup.run()))).toMatch(
      /^checkpoint-refused: /,
    );
    await setup.expectUsable();
    expect(readdirSync(setup.folder).sort()).toEqual(['256', '512', 'sample.pt', 'sample.pt.json']);
  });

  it('leaves nothing when the disk is full', async () => {
    await using setup = await Setup.with(published);
    const path = await setup.file('mine.pt', weights);
    const disk: Disk = { ...systemDisk, freeBytes: async () => 1000 };
    const outcome = await outcomeOf(() => setup.other({ disk }).import('sample', path, setup.run()));
    // Where files can be cloned no space is needed.
    if (outcome !== 'success') {
      expect(outcome).toMatch(/^disk-full: /);
      expect(readdirSync(setup.folder)).toEqual([]);
    }
  });
});

describe('an installed model', () => {
  it('is bound again when the app brings other graphs, or the bundle was damaged', async () => {
    await using setup = await Setup.with(published);
    await setup.get();
    const bound = join(setup.folder, '512');
    await rm(join(bound, 'sample.pt'));
    await setup.expectUsable();
    const before = await readFile(join(bound, 'binding.json'), 'utf8');
    const manifest = join(setup.installer.modelsDir, 'sample', '512', 'manifest.json');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"a test"', '"a newer test"'));
    await setup.expectUsable();
    expect(await readFile(join(bound, 'binding.json'), 'utf8')).not.toBe(before);
  });

  it('is bound by several processes at once, and none of them sees half of it', async () => {
    await using setup = await Setup.with(published);
    await setup.get();
    const model = await setup.installer.model('sample');
    for (const isStale of [false, true]) {
      if (isStale) await writeFile(join(setup.folder, '512', 'binding.json'), '{}');
      else await rm(join(setup.folder, '512'), { recursive: true });
      await Promise.all(
        Array.from({ length: 6 }, async () => {
          const bundle = await openBundle(await bundleFor(model, 512, setup.installer.installedDir));
          expect(bundle.needsWeights).toBe(false);
        }),
      );
      expect(readdirSync(setup.folder).sort()).toEqual(['256', '512', 'sample.pt', 'sample.pt.json']);
    }
  });

  it('is not used when its file is not the one that was installed', async () => {
    await using setup = await Setup.with(published);
    await setup.get();
    const own = sampleWeights({}, { ...sampleTensors, 'net.a': { shape: [2, 3], data: floats([9, 9, 9, 9, 9, 9]) } });
    await rm(setup.checkpoint);
    await writeFile(setup.checkpoint, own);
    await rm(join(setup.folder, '512'), { recursive: true });
    const model = await setup.installer.model('sample');
    expect(await outcomeOf(() => bundleFor(model, 512, setup.installer.installedDir))).toMatch(
      /^model-tampered: .*not the file that was installed/,
    );
  });

  it('has only the sizes it was made for', async () => {
    await using setup = await Setup.with(published);
    const model = await setup.installer.model('sample');
    expect(await outcomeOf(() => bundleFor(model, 300, setup.installer.installedDir))).toMatch(/^model-missing: .*256, 512/);
    expect(await outcomeOf(() => bundleFor(model, 512, setup.installer.installedDir))).toMatch(/^model-missing: .*models get sample/);
  });

  it('is removed with everything made from it, and nothing else', async () => {
    await using setup = await Setup.with(published);
    await setup.get();
    await mkdir(join(setup.folder, 'notes'));
    const removed = await setup.installer.remove('sample');
    expect(removed.map((path) => path.slice(setup.folder.length + 1)).sort()).toEqual(['256', '512', 'sample.pt', 'sample.pt.json']);
    expect(readdirSync(setup.folder)).toEqual(['notes']);
    expect(await outcomeOf(() => setup.installer.remove('sample'))).toMatch(/^model-missing: /);
    expect(await outcomeOf(() => setup.installer.remove('whole'))).toMatch(/^not-allowed: /);
  });

  it('a bundled one is verified too', async () => {
    await using setup = await Setup.with(published);
    expect(await setup.installer.verify('whole', setup.run())).toContain('as it was published');
    await appendFile(join(setup.installer.modelsDir, 'whole', 'bundle', 'mask_decoder.onnx'), 'x');
    expect(await outcomeOf(() => setup.installer.verify('whole', setup.run()))).toMatch(/^model-corrupt: /);
  });

  it('is listed with where it is; a broken manifest hides only its own model', async () => {
    await using setup = await Setup.with(published);
    await cp(join(setup.installer.modelsDir, 'sample'), join(setup.installer.modelsDir, 'broken'), { recursive: true });
    await writeFile(join(setup.installer.modelsDir, 'broken', '256', 'manifest.json'), '{');
    await setup.get();
    const entries = await listModels(setup.installer, {});
    expect(entries.map(({ id, state }) => [id, state])).toEqual([
      ['whole', 'bundled'],
      ['sample', 'installed'],
    ]);
    expect(entries[1]).toMatchObject({
      imageSizes: [256, 512],
      installed: { path: setup.checkpoint, checked: 'published' },
      weights: { url: null },
    });
    expect(existsSync(recordPath(setup.checkpoint))).toBe(true);
  });
});
