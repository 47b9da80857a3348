/**
 * An ONNX graph as nodes and initializers, to be changed and written back. Only what quantising needs is understood;
 * every other field keeps its bytes. Field numbers are those of onnx.proto3.
 */
import { AppError } from '../../../../shared/errors.ts';
import {
  brokenGraph,
  bytesField,
  readFields,
  readText,
  readVarint,
  readVarints,
  textField,
  varintField,
  type WireField,
} from '../checkpoint/wire.ts';

export interface OnnxNode {
  opType: string;
  inputs: string[];
  outputs: string[];
  /** Attributes that hold one whole number. */
  integers: Map<string, number>;
  /** Attributes that hold one float. */
  floats: Map<string, number>;
  /** As it was read; a node made here has none. */
  raw: Uint8Array | null;
}

export interface OnnxTensor {
  dims: number[];
  /** TensorProto.DataType: 1 float, 3 int8, 7 int64. */
  dataType: number;
  /** Little-endian elements. */
  data: Uint8Array;
  raw: Uint8Array | null;
}

const modelGraph = 7;
const graphNode = 1;
const graphInitializer = 5;
const node = { input: 1, output: 2, name: 3, opType: 4, attribute: 5 } as const;
const attribute = { name: 1, float: 2, integer: 3, type: 20 } as const;
const attributeInteger = 2;
const tensor = { dims: 1, dataType: 2, floatData: 4, name: 8, rawData: 9, externalData: 13, dataLocation: 14 } as const;

/** Reads a range of a file that a graph's external data lies in. */
export type ReadExternal = (location: string, offset: number, length: number) => Promise<Uint8Array>;

/** @throws AppError `model-corrupt` */
export class OnnxGraph {
  nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, OnnxTensor>();
  readonly #otherOfModel: Uint8Array[] = [];
  readonly #otherOfGraph: Uint8Array[] = [];

  /** Reads a model; data in other files come into the graph. */
  static async read(model: Uint8Array, readExternal: ReadExternal): Promise<OnnxGraph> {
    const graph = new OnnxGraph();
    let body: Uint8Array | null = null;
    for (const field of readFields(model)) {
      if (field.number === modelGraph) body = field.body;
      else graph.#otherOfModel.push(field.raw);
    }
    if (body === null) throw brokenGraph('it holds no graph');
    for (const field of readFields(body)) {
      if (field.number === graphNode) graph.nodes.push(readNode(field.body));
      else if (field.number === graphInitializer) {
        const [name, value] = await readTensor(field.body, readExternal);
        graph.initializers.set(name, value);
      } else graph.#otherOfGraph.push(field.raw);
    }
    return graph;
  }

  write(): Uint8Array {
    const parts = [
      ...this.nodes.map((one) => bytesField(graphNode, one.raw ?? writeNode(one))),
      ...this.#otherOfGraph,
      ...[...this.initializers].map(([name, value]) => bytesField(graphInitializer, value.raw ?? writeTensor(name, value))),
    ];
    return Buffer.concat([...this.#otherOfModel, bytesField(modelGraph, Buffer.concat(parts))]);
  }
}

/** The floats of a tensor. */
export const floatsOf = ({ data }: OnnxTensor): Float32Array =>
  new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer);

export const tensorOf = (dims: number[], dataType: number, values: Float32Array | Int8Array): OnnxTensor => ({
  dims,
  dataType,
  data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  raw: null,
});

export const makeNode = (opType: string, inputs: string[], outputs: string[], integers: Record<string, number> = {}): OnnxNode => ({
  opType,
  inputs,
  outputs,
  integers: new Map(Object.entries(integers)),
  floats: new Map(),
  raw: null,
});

const readNode = (raw: Uint8Array): OnnxNode => {
  const read: OnnxNode = { opType: '', inputs: [], outputs: [], integers: new Map(), floats: new Map(), raw };
  for (const field of readFields(raw)) {
    if (field.number === node.input) read.inputs.push(readText(field));
    else if (field.number === node.output) read.outputs.push(readText(field));
    else if (field.number === node.opType) read.opType = readText(field);
    else if (field.number === node.attribute) readAttribute(field.body, read);
  }
  return read;
};

const readAttribute = (body: Uint8Array, into: OnnxNode): void => {
  let name = '';
  for (const field of readFields(body)) {
    if (field.number === attribute.name) name = readText(field);
    else if (field.number === attribute.integer) into.integers.set(name, Number(BigInt.asIntN(64, readVarint(field.body, 0).value)));
    else if (field.number === attribute.float) into.floats.set(name, Buffer.from(field.body).readFloatLE());
  }
};

const readTensor = async (raw: Uint8Array, readExternal: ReadExternal): Promise<[string, OnnxTensor]> => {
  let name = '';
  let dataType = 0;
  let data: Uint8Array | null = null;
  let isFloatList = false;
  const dims: number[] = [];
  const external = new Map<string, string>();
  for (const field of readFields(raw)) {
    if (field.number === tensor.name) name = readText(field);
    else if (field.number === tensor.dataType) dataType = readVarints(field)[0] ?? 0;
    else if (field.number === tensor.dims) dims.push(...readVarints(field));
    else if (field.number === tensor.rawData || field.number === tensor.floatData) {
      data = field.body;
      isFloatList ||= field.number === tensor.floatData;
    } else if (field.number === tensor.externalData) readPair(field, external);
  }
  const location = external.get('location');
  if (location !== undefined) {
    const read = await readExternal(location, Number(external.get('offset') ?? 0), Number(external.get('length') ?? 0));
    return [name, { dims, dataType, data: read, raw: null }];
  }
  // Lists of whole numbers stay as they are; nobody here looks into them.
  return [name, { dims, dataType, data: data ?? new Uint8Array(0), raw: isFloatList ? null : raw }];
};

const readPair = (pair: WireField, into: Map<string, string>): void => {
  let key = '';
  let value = '';
  for (const field of readFields(pair.body)) {
    if (field.number === 1) key = readText(field);
    else if (field.number === 2) value = readText(field);
  }
  into.set(key, value);
};

const writeNode = ({ opType, inputs, outputs, integers, floats }: OnnxNode): Uint8Array => {
  if (floats.size > 0) throw new AppError('internal', 'A node with float attributes was changed.');
  return Buffer.concat([
    ...inputs.map((name) => textField(node.input, name)),
    ...outputs.map((name) => textField(node.output, name)),
    textField(node.name, `${opType}:${outputs[0]}`),
    textField(node.opType, opType),
    ...[...integers].map(([name, value]) =>
      bytesField(
        node.attribute,
        Buffer.concat([
          textField(attribute.name, name),
          varintField(attribute.integer, value),
          varintField(attribute.type, attributeInteger),
        ]),
      ),
    ),
  ]);
};

const writeTensor = (name: string, { dims, dataType, data }: OnnxTensor): Uint8Array =>
  Buffer.concat([
    ...dims.map((size) => varintField(tensor.dims, size)),
    varintField(tensor.dataType, dataType),
    textField(tensor.name, name),
    bytesField(tensor.rawData, data),
  ]);
