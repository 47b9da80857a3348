import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureLoss } from '../../pipeline/measure-loss.ts';
import { openBundle } from '../bundle/bundle.ts';
import { makeNode, OnnxGraph, tensorOf } from './onnx-graph.ts';
import { quantizeBundle } from './quantize-bundle.ts';
import { quantizeColumns, quantizeGraph } from './quantize-graph.ts';

const root = resolve(import.meta.dirname, '../../../../..');

describe('columns in int8', () => {
  it('gives each element back within half a step of its column', () => {
    const cases = fc.record({ rows: fc.integer({ min: 1, max: 9 }), columns: fc.integer({ min: 1, max: 9 }) }).chain(({ rows, columns }) =>
      fc.record({
        rows: fc.constant(rows),
        columns: fc.constant(columns),
        values: fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: rows * columns, maxLength: rows * columns }),
        bits: fc.constantFrom(7 as const, 8 as const),
      }),
    );
    fc.assert(
      fc.property(cases, ({ rows, columns, values, bits }) => {
        const matrix = Float32Array.from(values);
        const made = quantizeColumns(matrix, rows, columns, bits);
        const top = bits === 8 ? 127 : 63;
        made.values.forEach((value, i) => {
          const scale = made.scales[i % columns]!;
          expect(Math.abs(value)).toBeLessThanOrEqual(top);
          expect(Math.abs(value * scale - matrix[i]!)).toBeLessThanOrEqual(scale * 0.5001 + 1e-30);
        });
      }),
    );
  });
});

describe('a graph in int8', () => {
  const emptyGraph = (): Promise<OnnxGraph> => OnnxGraph.read(Uint8Array.of(0x3a, 0), async () => new Uint8Array(0));

  it('shares the quantised input of several products and drops the matrices', async () => {
    const graph = await emptyGraph();
    graph.initializers.set('w', tensorOf([64, 64], 1, new Float32Array(64 * 64).fill(0.5)));
    graph.initializers.set('small', tensorOf([4, 4], 1, new Float32Array(16)));
    graph.nodes = [
      makeNode('MatMul', ['x', 'w'], ['a']),
      makeNode('Gemm', ['x', 'w', 'bias'], ['b'], { transB: 1 }),
      makeNode('MatMul', ['x', 'small'], ['c']),
      makeNode('MatMul', ['a', 'b'], ['d']),
    ];
    expect(quantizeGraph(graph, 8)).toBe(2);
    const kinds = graph.nodes.map(({ opType }) => opType);
    expect(kinds.filter((kind) => kind === 'DynamicQuantizeLinear')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'MatMul')).toHaveLength(2);
    expect(graph.initializers.has('w')).toBe(false);
    expect(graph.initializers.has('small')).toBe(true);
  });

  it('is refused when it is not one', async () => {
    await expect(OnnxGraph.read(Uint8Array.of(8, 1), async () => new Uint8Array(0))).rejects.toMatchObject({ code: 'model-corrupt' });
  });
});

describe('a bundle in int8', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sam2-video-int8-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('loads, is smaller, and finds nearly the same masks', async () => {
    const original = join(root, 'models/nano/bundle');
    const dir = join(folder, 'nano-int8');
    const manifest = await quantizeBundle(original, dir);
    const bundle = await openBundle(dir);
    expect(bundle.weightsFile).toBeNull();
    expect(manifest.id).toBe('nano-int8');
    const size = ({ graphs }: typeof manifest): number => graphs.memoryAttention.bytes + graphs.imageEncoder.bytes;
    const { graphs } = (await openBundle(original)).manifest;
    // Better made with the model than here.
    expect(manifest.graphs.imageEncoderInt8?.bytes).toBe(graphs.imageEncoderInt8?.bytes);
    expect(manifest.graphs.imageEncoder.bytes).toBe(graphs.imageEncoder.bytes);
    expect(size(manifest)).toBeLessThan(size((await openBundle(original)).manifest));
    const loss = await measureLoss(original, dir, {
      clip: join(root, 'tests/fixtures/cartoon/sample.mp4'),
      frame: 60,
      frames: 4,
      points: [{ x: 480, y: 360, label: 1 }],
    });
    expect(loss.frames).toBe(5);
    expect(loss.meanIou).toBeGreaterThan(0.8);
  });
});
