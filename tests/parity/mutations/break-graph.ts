/** Changes a constant or an operator inside an ONNX graph: rules that live in the graphs are broken there. */
import {
  bytesField,
  readFields,
  readText,
  readVarints,
  textField,
  type WireField,
} from '../../../src/main/engine/model/checkpoint/wire.ts';
import type { GraphName } from '../../../src/shared/manifest.ts';

export type GraphChange = { graph: GraphName } & (
  | {
      /** Exactly one float constant of these dimensions, and of this first value where one is given. */
      constant: number[];
      first?: number;
      change: (values: Float32Array) => Float32Array;
    }
  | { operator: string; replacement: string }
);

/** Field numbers of onnx.proto3. */
const modelGraph = 7;
const graph = { node: 1, initializer: 5 } as const;
const node = { opType: 4 } as const;
const tensor = { dims: 1, dataType: 2, floatData: 4, rawData: 9, dataLocation: 14 } as const;
const float = 1;

const mapFields = (bytes: Uint8Array, change: (field: WireField) => Uint8Array): Uint8Array =>
  Buffer.concat([...readFields(bytes)].map((field) => change(field)));

const floatsOf = (body: Uint8Array): { dims: number[]; values: Float32Array } | null => {
  const dims: number[] = [];
  let data: Uint8Array | null = null;
  let type = 0;
  for (const field of readFields(body)) {
    if (field.number === tensor.dims) dims.push(...readVarints(field));
    else if (field.number === tensor.dataType) type = readVarints(field).at(-1) ?? 0;
    else if (field.number === tensor.dataLocation) return null;
    else if (field.number === tensor.rawData || field.number === tensor.floatData) data = field.body;
  }
  return type === float && data ? { dims, values: new Float32Array(Uint8Array.from(data).buffer) } : null;
};

/** @throws Error unless exactly one place matches */
export const breakGraph = (model: Uint8Array, wanted: GraphChange): Uint8Array => {
  let found = 0;
  const changed = mapFields(model, (modelField) => {
    if (modelField.number !== modelGraph) return modelField.raw;
    const body = mapFields(modelField.body, (field) => {
      if ('operator' in wanted) {
        if (field.number !== graph.node) return field.raw;
        const isIt = [...readFields(field.body)].some((f) => f.number === node.opType && readText(f) === wanted.operator);
        if (!isIt) return field.raw;
        found++;
        return bytesField(
          graph.node,
          mapFields(field.body, (f) => (f.number === node.opType ? textField(node.opType, wanted.replacement) : f.raw)),
        );
      }
      const read = field.number === graph.initializer ? floatsOf(field.body) : null;
      if (!read || read.dims.join() !== wanted.constant.join()) return field.raw;
      if (wanted.first !== undefined && Math.abs(read.values[0]! - wanted.first) > 1e-6) return field.raw;
      found++;
      const values = wanted.change(read.values);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      return bytesField(
        graph.initializer,
        mapFields(field.body, (f) => {
          if (f.number === tensor.floatData) return bytesField(tensor.rawData, bytes);
          return f.number === tensor.rawData ? bytesField(tensor.rawData, bytes) : f.raw;
        }),
      );
    });
    return bytesField(modelGraph, body);
  });
  if (found !== 1) throw new Error(`the mutation table is out of date: ${found} places of ${wanted.graph} match, not one`);
  return changed;
};
