import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { outcomeOf, TempFolder } from '../../../common/testing/temp-folder.ts';
import { openBundle, readManifest } from '../bundle/bundle.ts';
import { bindBlank } from './bind-blank.ts';
import { writeSampleBundle } from './testing/sample-bundle.ts';
import { sampleGraph } from './testing/sample-graph.ts';

const parameter = (key: string) => ({ key, shape: [2, 3], dtype: 'float32' as const });
const parameters = { 'p.net.a': parameter('net.a'), 'p.net.b': parameter('net.b') };
const weights = { kind: 'checkpoint' as const, file: 'sample.pt', sha256: null, bytes: 9, url: null, parameters };
const graph = sampleGraph(Object.keys(parameters), [2, 3]);
const graphs = { imageEncoder: graph, memoryAttention: graph, maskDecoder: graph, memoryEncoder: graph, maskPrompt: graph };

it('graphs without weights run with weights of 0, and the source stays as it is', async () => {
  await using folder = await TempFolder.create();
  const [source, out] = [join(folder.path, 'models', 'sample'), join(folder.path, 'blank')];
  await writeSampleBundle(source, graphs, weights);
  const before = await readdir(source);
  const bind = async (from: string, to: string): Promise<void> =>
    bindBlank({ bundleDir: from, manifest: await readManifest(from), outDir: to, modelsRoot: join(folder.path, 'models') });
  await bind(source, out);
  const bundle = await openBundle(out);
  expect(bundle.manifest.weights).toMatchObject({ bound: true, file: 'weights.bin', bytes: 128 });
  expect((await stat(join(out, 'weights.bin'))).size).toBe(128);
  const session = await InferenceSession.create(bundle.graphFile('imageEncoder'));
  const x = new Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
  const { y } = await session.run({ x });
  expect(y!.data).toEqual(x.data);
  await session.release();
  expect(await readdir(source)).toEqual(before);
  expect(await outcomeOf(() => bind(out, join(folder.path, 'twice')))).toBeTruthy();

  await writeSampleBundle(join(folder.path, 'models', 'whole'), {}, null);
  expect(await outcomeOf(() => bind(join(folder.path, 'models', 'whole'), join(folder.path, 'none')))).toMatch(/^model-mismatch: /);
});
