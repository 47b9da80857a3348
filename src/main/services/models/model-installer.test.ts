import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { appendFile, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outcomeOf, TempFolder } from '../../common/testing/temp-folder.ts';
import { sha256 } from '../../engine/model/checkpoint/testing/sample-bundle.ts';
import { floats } from '../../engine/model/checkpoint/testing/sample-checkpoint.ts';
import { type Disk, systemDisk } from '../download/disk.ts';
import { lockFolder } from './install-lock.ts';
import { listModels } from './model-list.ts';
import { installedMessage } from './model-service.ts';
import { cutAfter, serving, stallAfter, status, whole } from './testing/checkpoint-server.ts';
import { boundFiles, InstallerSetup, published, weights } from './testing/installer-setup.ts';
import { sampleTensors, sampleWeights, type writeSampleModel } from './testing/sample-model.ts';

describe('downloading a model', () => {
  it('installs what was published, once on the disk, and usable at every size', async () => {
    await using setup = await InstallerSetup.with(published, cutAfter(100_000), whole);
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
    expect(readdirSync(join(setup.folder, '512')).sort()).toEqual(['binding.json', ...boundFiles, 'manifest.json'].sort());
    const inodes = await Promise.all(['sample.pt', '256/sample.pt', '512/sample.pt'].map((name) => stat(join(setup.folder, name))));
    // Clones have inodes of their own and share blocks; where there are none, one file has three names.
    if (inodes[0]!.nlink > 1) expect(new Set(inodes.map(({ ino }) => ino)).size).toBe(1);
    expect((await setup.get()).wasInstalled).toBe(true);
    expect(setup.server.requests).toHaveLength(2);
  });

  it('records the sha256 where none is published, says so, and checks it from then on', async () => {
    await using setup = await InstallerSetup.with({});
    const outcome = await setup.get();
    expect(outcome.record.checked).toBe('recorded');
    expect(installedMessage(outcome)).toContain(`${sha256(weights)} was recorded`);
    expect(await setup.installer.verify('sample', setup.run())).toContain('recorded at installation');
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
    await using setup = await InstallerSetup.with(known, serving(other));
    expect(await outcomeOf(() => setup.get())).toMatch(reason);
    expect(readdirSync(setup.folder)).toEqual([]);
    expect(await outcomeOf(() => setup.installer.verify('sample', setup.run()))).toMatch(/^model-missing: /);
  });

  it('keeps the part when cancelled, shows it, and goes on', async () => {
    await using setup = await InstallerSetup.with(published, stallAfter(90_000), whole);
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
    await using setup = await InstallerSetup.with({}, serving(compressed));
    await setup.get();
    await setup.expectUsable();
    const [a, b] = await Promise.all(['256', '512'].map((size) => stat(join(setup.folder, size, 'weights.bin'))));
    expect([a!.ino, a!.nlink]).toEqual([b!.ino, 2]);
  });

  it('goes nowhere without an address, nor to one that is not https', async () => {
    await using setup = await InstallerSetup.with({});
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
    await using setup = await InstallerSetup.with(published);
    const disk: Disk = { ...systemDisk, freeBytes: async () => 1000 };
    expect(await outcomeOf(() => setup.other({ disk }).download('sample', setup.run()))).toMatch(/^disk-full: /);
    expect(await outcomeOf(() => setup.get())).toBe('success');
  });

  it('says what the server said', async () => {
    await using setup = await InstallerSetup.with(published, status(404));
    expect(await outcomeOf(() => setup.get())).toMatch(/^download-failed: .*404.*import it from disk/);
  });
});

describe('one installation at a time', () => {
  it('in one process', async () => {
    await using setup = await InstallerSetup.with(published, stallAfter(50_000), whole);
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

  it('lets one of many have it, whoever left it', async () => {
    await using folder = await TempFolder.create();
    for (const stale of [null, '0 nobody', 'nonsense']) {
      if (stale !== null) await writeFile(join(folder.path, '.lock'), stale);
      const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(folder.path, 'Sample')));
      const held = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect([held.length, outcomes.length]).toEqual([1, 12]);
      for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'busy' });
      await held[0]!.value.release();
      expect(readdirSync(folder.path)).toEqual([]);
    }
  });
});

const torchFiles = join(import.meta.dirname, '../../engine/model/checkpoint/testing/torch-2.13');
const legacyCheckpoint = join(torchFiles, 'legacy.pt');
const callingCheckpoint = join(torchFiles, 'reduces-os-system.pt');
const half = { shape: [2, 3], dtype: 'float16' as const, data: Buffer.alloc(12, 0x3c) };
const halves = { 'net.a': half, 'net.b': half };

describe('importing a model from disk', () => {
  it('copies the file, leaves it alone, and finds out which model it is of', async () => {
    await using setup = await InstallerSetup.with(published);
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
    await using setup = await InstallerSetup.with(published);
    await setup.get();
    const own = sampleWeights({}, { ...sampleTensors, 'net.a': { shape: [2, 3], data: floats([9, 9, 9, 9, 9, 9]) } });
    const outcome = await setup.installer.import('sample', await setup.file('own.pt', own), setup.run());
    expect([outcome.record.sha256, outcome.record.checked]).toEqual([sha256(own), 'recorded']);
    await setup.expectUsable();
    for (const size of ['256', '512']) expect(await readFile(join(setup.folder, size, 'sample.pt'))).toEqual(own);
  });

  it('links the file when that is asked for', async () => {
    await using setup = await InstallerSetup.with(published);
    const path = await setup.file('mine.pt', weights);
    await setup.installer.import('sample', path, setup.run(), true);
    expect((await stat(setup.checkpoint)).ino).toBe((await stat(path)).ino);
  });

  it.each<[string, () => Buffer | Promise<Buffer>, RegExp | 'success']>([
    ['16-bit floats', () => sampleWeights({}, halves), 'success'],
    ['a compressed file', () => sampleWeights({ deflate: true }), 'success'],
    ['a file of torch.save before its zip format', () => readFile(legacyCheckpoint), /^checkpoint-unsupported: .*Load it in PyTorch/],
    ['a file that would call a function', () => readFile(callingCheckpoint), /^checkpoint-refused: /],
  ])('%s are converted or refused with the reason', async (_what, file, outcome) => {
    await using setup = await InstallerSetup.with({});
    const path = await setup.file('mine.pt', await file());
    const found = await outcomeOf(() => setup.installer.import('sample', path, setup.run()));
    if (outcome === 'success') {
      expect(found).toBe('success');
      await setup.expectUsable();
    } else {
      expect(found).toMatch(outcome);
      expect(readdirSync(setup.folder)).toEqual([]);
    }
  });

  it('refuses what does not fit, and leaves what was installed', async () => {
    await using setup = await InstallerSetup.with(published);
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
    await using setup = await InstallerSetup.with(published);
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
