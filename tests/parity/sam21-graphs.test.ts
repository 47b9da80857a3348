/**
 * The committed graphs of SAM 2.1: nothing in them that an execution provider refuses, no weights, small enough to be
 * committed.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBundle } from '../../src/main/engine/model/bundle/bundle.ts';
import { listInitializers } from '../../src/main/engine/model/checkpoint/testing/list-initializers.ts';
import { readFields, readText, readVarints } from '../../src/main/engine/model/checkpoint/wire.ts';
import { graphNames } from '../../src/shared/manifest.ts';

const modelsRoot = resolve(import.meta.dirname, '../../models');
const bundles = readdirSync(modelsRoot)
  .filter((name) => name.startsWith('sam2.1-') && name !== 'sam2.1-common')
  .flatMap((name) => readdirSync(join(modelsRoot, name)).map((size) => `${name}/${size}`));

/** Field numbers of onnx.proto3. */
const model = { graph: 7, opset: 8 } as const;
const nodeField = { opType: 4, attribute: 5, domain: 7 } as const;
const attribute = { name: 1, i: 3, g: 6 } as const;
const opset = { domain: 1, version: 2 } as const;
/** float, uint8, int64, bool: others (complex above all) are refused somewhere. */
const plainTypes = new Set([1, 2, 7, 9]);
const controlFlow = new Set(['If', 'Loop', 'Scan']);

interface Node {
  op: string;
  domain: string;
  allowsZero: boolean;
  hasSubgraph: boolean;
}

const nodesOf = (bytes: Uint8Array): Node[] => {
  const graph = [...readFields(bytes)].find((field) => field.number === model.graph)!;
  return [...readFields(graph.body)]
    .filter((field) => field.number === 1)
    .map((field) => {
      const node: Node = { op: '', domain: '', allowsZero: false, hasSubgraph: false };
      for (const part of readFields(field.body)) {
        if (part.number === nodeField.opType) node.op = readText(part);
        if (part.number === nodeField.domain) node.domain = readText(part);
        if (part.number !== nodeField.attribute) continue;
        const inner = [...readFields(part.body)];
        const name = inner.find(({ number }) => number === attribute.name);
        const value = inner.find(({ number }) => number === attribute.i);
        if (name && value && readText(name) === 'allowzero' && readVarints(value).at(-1) !== 0) node.allowsZero = true;
        if (inner.some(({ number }) => number === attribute.g)) node.hasSubgraph = true;
      }
      return node;
    });
};

const opsetsOf = (bytes: Uint8Array): [string, number][] =>
  [...readFields(bytes)]
    .filter((field) => field.number === model.opset)
    .map((field) => {
      const parts = [...readFields(field.body)];
      const domain = parts.find(({ number }) => number === opset.domain);
      return [domain ? readText(domain) : '', readVarints(parts.find(({ number }) => number === opset.version)!).at(-1)!];
    });

describe.each(bundles)('%s', (name) => {
  it('opens as a bundle that waits for its weights', async () => {
    const bundle = await openBundle(join(modelsRoot, name), { modelsRoot });
    expect(bundle.needsWeights).toBe(true);
    expect(bundle.manifest.id).toBe(name.replace('/', '-'));
    expect(bundle.manifest.weights!.bytes).toBeGreaterThan(1e8);
  });

  it('holds nothing that an execution provider refuses, and every weight outside', async () => {
    const bundle = await openBundle(join(modelsRoot, name), { modelsRoot });
    const parameters = bundle.manifest.weights!.parameters;
    for (const graph of graphNames.filter((each) => bundle.manifest.graphs[each] !== undefined)) {
      const bytes = readFileSync(bundle.graphFile(graph));
      expect(opsetsOf(bytes), graph).toEqual([['', 18]]);
      const odd = nodesOf(bytes).filter((node) => node.domain !== '' || controlFlow.has(node.op) || node.allowsZero || node.hasSubgraph);
      expect(odd, graph).toEqual([]);
      for (const initializer of listInitializers(bytes)) {
        expect(plainTypes.has(initializer.dataType), initializer.name).toBe(true);
        expect(initializer.external !== null, initializer.name).toBe(initializer.name in parameters);
      }
    }
  });
});

describe('all sizes together', () => {
  it('are there at both image sizes', () => {
    const sizes = ['tiny', 'small', 'base-plus', 'large'].flatMap((size) => [`sam2.1-${size}/1024`, `sam2.1-${size}/512`]);
    expect([...bundles].sort()).toEqual(sizes.sort());
  });

  it('take less than 6 MB', () => {
    const bytes = readdirSync(modelsRoot, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.startsWith('sam2.1-') && /\.(onnx|json)$/.test(path))
      .reduce((sum, path) => sum + statSync(join(modelsRoot, path)).size, 0);
    expect(bytes).toBeLessThan(6e6);
  });
});
