/**
 * The whole path once with the official predictor's recordings: a weight-less bundle, bound to a real checkpoint that
 * is used in place, gives in ONNX Runtime the features that PyTorch gave. (The tracker's parity tests replay all the
 * rest.)
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { decode } from 'fast-png';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { graphNames } from '../../../../shared/manifest.ts';
import { TempFolder } from '../../../common/testing/temp-folder.ts';
import { openBundle, readManifest } from '../bundle/bundle.ts';
import { bindCheckpoint } from './bind.ts';
import { readCheckpoint } from './checkpoint.ts';

const repository = resolve(import.meta.dirname, '../../../../..');
const bundleDir = join(repository, 'tests/fixtures/sam21-small256');
const recordings = process.env.SAM2_PARITY_FIXTURE ?? join(repository, '../shared/fixtures/sam21-small256');
const checkpointPath = join(recordings, 'sam2_small256.pt');
const absent = [join(bundleDir, 'manifest.json'), checkpointPath].filter((path) => !existsSync(path));
if (absent.length > 0) console.warn(`skipped: the bound encoder against PyTorch's, because ${absent.join(' and ')} is not there`);

interface Recorded {
  shape: number[];
  offset: number;
  bytes: number;
}
type RecordedFrame = { frame: number } & Record<'s0' | 's1' | 'top', Recorded>;

const toleranceOfFeatures = 1e-4;

async function recordedFrames(): Promise<{ frames: RecordedFrame[]; data: Buffer }> {
  const json = await readFile(join(recordings, 'encoder.json'), 'utf8');
  return { frames: JSON.parse(json) as RecordedFrame[], data: await readFile(join(recordings, 'encoder.bin')) };
}

/** uint8 [1, S, S, 3] */
async function imageTensor(frame: number, size: number): Promise<Tensor> {
  const png = decode(await readFile(join(recordings, 'frames', `resized${size}_${String(frame).padStart(5, '0')}.png`)));
  expect([png.width, png.height, png.channels]).toEqual([size, size, 3]);
  return new Tensor('uint8', Uint8Array.from(png.data), [1, size, size, 3]);
}

function largestDifference(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index]!)), 0);
}

describe.skipIf(!existsSync(checkpointPath))('a real checkpoint', () => {
  it('is read as a table of plain float32 tensors', async () => {
    const { tensors } = await readCheckpoint(checkpointPath);
    expect(tensors.size).toBe(359);
    expect(
      [...tensors.values()].every(({ dtype, fileOffset }) => dtype === 'float32' && fileOffset !== null && fileOffset % 64 === 0),
    ).toBe(true);
  });
});

describe.skipIf(absent.length > 0)('a bound SAM 2.1 bundle', () => {
  it('loads in ONNX Runtime and encodes as PyTorch does', async () => {
    await using folder = await TempFolder.create();
    const outDir = join(folder.path, 'bound', 'small256');
    const bound = await bindCheckpoint({ bundleDir, manifest: await readManifest(bundleDir), checkpointPath, outDir });
    expect(bound.placement).not.toBe('converted');

    const bundle = await openBundle(outDir);
    for (const name of graphNames) {
      if (bundle.manifest.graphs[name]) await (await InferenceSession.create(bundle.graphFile(name))).release();
    }

    const encoder = await InferenceSession.create(bundle.graphFile('imageEncoder'));
    const { frames, data } = await recordedFrames();
    for (const recorded of frames) {
      const outputs = await encoder.run({ image: await imageTensor(recorded.frame, bundle.manifest.imageSize) });
      for (const name of ['s0', 's1', 'top'] as const) {
        const { offset, bytes, shape } = recorded[name];
        const expected = new Float32Array(Uint8Array.from(data.subarray(offset, offset + bytes)).buffer);
        expect(outputs[name]?.dims).toEqual([1, ...shape]);
        const difference = largestDifference(outputs[name]!.data as Float32Array, expected);
        expect(difference, `${name} of frame ${recorded.frame}`).toBeLessThanOrEqual(toleranceOfFeatures);
      }
    }
    await encoder.release();
  });
});
