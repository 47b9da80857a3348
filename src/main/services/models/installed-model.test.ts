import { existsSync, readdirSync } from 'node:fs';
import { appendFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../common/testing/temp-folder.ts';
import { recordPath } from '../../engine/api/installed-model.ts';
import { openBundle } from '../../engine/model/bundle/bundle.ts';
import { floats } from '../../engine/model/checkpoint/testing/sample-checkpoint.ts';
import { bundleFor } from '../../engine/model/installed/installed-bundle.ts';
import { listModels } from './model-list.ts';
import { stallAfter, whole } from './testing/checkpoint-server.ts';
import { InstallerSetup, published } from './testing/installer-setup.ts';
import { sampleTensors, sampleWeights } from './testing/sample-model.ts';

describe('an installed model', () => {
  it('is bound again when the app brings other graphs, or the bundle was damaged', async () => {
    await using setup = await InstallerSetup.with(published);
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

  it('does not believe what it can not read: a broken record, a broken note of a part', async () => {
    await using setup = await InstallerSetup.with(published, stallAfter(90_000), whole);
    const controller = new AbortController();
    await outcomeOf(() =>
      setup.installer.download('sample', { signal: controller.signal, onProgress: ({ done }) => done >= 90_000 && controller.abort() }),
    );
    await writeFile(join(setup.folder, '.sample.pt.part.json'), '{"url": 7');
    await setup.get();
    expect(setup.server.requests.at(-1)!.range).toBeUndefined();
    for (const record of ['', '{', '{"sha256": "x"}', '[]']) {
      await writeFile(recordPath(setup.checkpoint), record);
      expect((await listModels(setup.installer)).find(({ id }) => id === 'sample')).toMatchObject({ state: 'missing', installed: null });
    }
    expect((await setup.get()).wasInstalled).toBe(false);
    await setup.expectUsable();
  });

  it('is bound by several processes at once, and none of them sees half of it', async () => {
    await using setup = await InstallerSetup.with(published);
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
    await using setup = await InstallerSetup.with(published);
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
    await using setup = await InstallerSetup.with(published);
    const model = await setup.installer.model('sample');
    expect(await outcomeOf(() => bundleFor(model, 300, setup.installer.installedDir))).toMatch(/^model-missing: .*256, 512/);
    expect(await outcomeOf(() => bundleFor(model, 512, setup.installer.installedDir))).toMatch(/^model-missing: .*models get sample/);
  });

  it('is removed with everything made from it, and nothing else', async () => {
    await using setup = await InstallerSetup.with(published);
    await setup.get();
    await mkdir(join(setup.folder, 'notes'));
    const removed = await setup.installer.remove('sample');
    expect(removed.map((path) => path.slice(setup.folder.length + 1)).sort()).toEqual(['256', '512', 'sample.pt', 'sample.pt.json']);
    expect(readdirSync(setup.folder)).toEqual(['notes']);
    expect(await outcomeOf(() => setup.installer.remove('sample'))).toMatch(/^model-missing: /);
    expect(await outcomeOf(() => setup.installer.remove('whole'))).toMatch(/^not-allowed: /);
  });

  it('a bundled one is verified too', async () => {
    await using setup = await InstallerSetup.with(published);
    expect(await setup.installer.verify('whole', setup.run())).toContain('matches its manifest');
    await appendFile(join(setup.installer.modelsDir, 'whole', 'bundle', 'mask_decoder.onnx'), 'x');
    expect(await outcomeOf(() => setup.installer.verify('whole', setup.run()))).toMatch(/^model-corrupt: /);
  });

  it('is listed with where it is; a broken manifest hides only its own model', async () => {
    await using setup = await InstallerSetup.with(published);
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
