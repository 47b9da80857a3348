/**
 * Lists the initializers of an ONNX graph and points them to data in another file. Field numbers are those of
 * onnx.proto3: ModelProto.graph 7, GraphProto.initializer 5, TensorProto dims 1, data_type 2, name 8, raw_data 9,
 * external_data 13 (StringStringEntryProto key 1, value 2), data_location 14. Everything else is kept byte for byte.
 */
import { brokenGraph, bytesField, readFields, readText, readVarints, textField, varintField, type WireField } from './wire.ts';

/** Where an initializer's data lies: a file beside the graph and a range in it. */
export interface ExternalLocation {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly dims: readonly number[];
  /** TensorProto.DataType: 1 float, 7 int64, 10 float16, ... */
  readonly dataType: number;
  /** null where the graph itself holds the data; missing offset or length are 0. */
  readonly external: ExternalLocation | null;
}

export const onnxFloat = 1;

const modelGraph = 7;
const graphInitializer = 5;
const tensorField = { dims: 1, dataType: 2, name: 8, externalData: 13, dataLocation: 14 } as const;
const locationExternal = 1;

/** The model with new external locations; `locate` is asked for each initializer, null leaves it as it is. */
export function rebindExternalData(model: Uint8Array, locate: (initializer: OnnxInitializer) => ExternalLocation | null): Uint8Array {
  const graph = graphField(model);
  const rewritten = mapFields(graph.body, (field) => {
    if (field.number !== graphInitializer) return field.raw;
    const place = locate(readInitializer(message(field)));
    return place === null ? field.raw : bytesField(graphInitializer, withLocation(message(field), place));
  });
  return mapFields(model, (field) => (field.number === modelGraph ? bytesField(modelGraph, rewritten) : field.raw));
}

function graphField(model: Uint8Array): WireField {
  const graphs = [...readFields(model)].filter((field) => field.number === modelGraph);
  const [graph] = graphs;
  if (graph === undefined || graphs.length > 1) throw brokenGraph(`it holds ${graphs.length} graphs`);
  message(graph);
  return graph;
}

function readInitializer(tensor: Uint8Array): OnnxInitializer {
  let name = '';
  let dataType = 0;
  let isExternal = false;
  const dims: number[] = [];
  const pairs = new Map<string, string>();
  for (const field of readFields(tensor)) {
    if (field.number === tensorField.dims) dims.push(...readVarints(field));
    else if (field.number === tensorField.dataType) dataType = readVarints(field).at(-1) ?? 0;
    else if (field.number === tensorField.name) name = readText(field);
    else if (field.number === tensorField.externalData) addPair(pairs, message(field));
    else if (field.number === tensorField.dataLocation) isExternal = readVarints(field).at(-1) === locationExternal;
    if (dims.length > 64) throw brokenGraph('an initializer has too many dimensions');
  }
  const external = isExternal
    ? { location: pairs.get('location') ?? '', offset: wholeNumber(pairs.get('offset')), length: wholeNumber(pairs.get('length')) }
    : null;
  return { name, dims, dataType, external };
}

function addPair(pairs: Map<string, string>, entry: Uint8Array): void {
  let key = '';
  let value = '';
  for (const field of readFields(entry)) {
    if (field.number === 1) key = readText(field);
    else if (field.number === 2) value = readText(field);
  }
  if (pairs.has(key)) throw brokenGraph(`an initializer has two entries "${key}"`);
  pairs.set(key, value);
}

function wholeNumber(value: string | undefined): number {
  const number = Number(value ?? '0');
  if (/^\d{1,16}$/.test(value ?? '0') && Number.isSafeInteger(number)) return number;
  throw brokenGraph('an external offset or length is not a whole number');
}

function withLocation(tensor: Uint8Array, place: ExternalLocation): Uint8Array {
  const kept = [...readFields(tensor)].filter((f) => f.number !== tensorField.externalData && f.number !== tensorField.dataLocation);
  const pairs = [
    ['location', place.location],
    ['offset', String(place.offset)],
    ['length', String(place.length)],
  ] as const;
  return Buffer.concat([
    ...kept.map((field) => field.raw),
    ...pairs.map(([key, value]) => bytesField(tensorField.externalData, Buffer.concat([textField(1, key), textField(2, value)]))),
    varintField(tensorField.dataLocation, locationExternal),
  ]);
}

function mapFields(bytes: Uint8Array, change: (field: WireField) => Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const field of readFields(bytes)) parts.push(change(field));
  return Buffer.concat(parts);
}

function message(field: WireField): Uint8Array {
  if (field.type === 2) return field.body;
  throw brokenGraph(`the field ${field.number} is not a message`);
}
