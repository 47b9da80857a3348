/**
 * Dynamic int8: each product with a learned matrix becomes an int8 product with the matrix quantised once, column by
 * column, and the other side quantised at run time over its whole range. Products of two computed matrices (attention)
 * stay as they are.
 */
import { floatsOf, makeNode, type OnnxGraph, type OnnxNode, type OnnxTensor, tensorOf } from './onnx-graph.ts';

const onnxFloat = 1;
const onnxInt8 = 3;

/** Matrices smaller than this gain nothing. */
const leastElements = 4096;

/** A column below this is zero; its scale would not be a normal number. */
const smallest = 1e-30;

/**
 * Symmetric, one scale a column.
 * @param matrix [rows, columns], row-major
 * @param bits 8, or 7 for processors without VNNI, whose int8 products saturate at full range
 * @returns values [rows, columns] and scales [columns]: matrix is about values * scale
 */
export const quantizeColumns = (
  matrix: Float32Array,
  rows: number,
  columns: number,
  bits: 7 | 8,
): { values: Int8Array; scales: Float32Array } => {
  const largest = new Float32Array(columns);
  for (let i = 0; i < matrix.length; i++) {
    const magnitude = Math.abs(matrix[i]!);
    if (magnitude > largest[i % columns]!) largest[i % columns] = magnitude;
  }
  const top = bits === 8 ? 127 : 63;
  const scales = largest.map((magnitude) => (magnitude > smallest ? magnitude / top : 1));
  const values = new Int8Array(rows * columns);
  for (let i = 0; i < matrix.length; i++) values[i] = Math.round(matrix[i]! / scales[i % columns]!);
  return { values, scales };
};

const transposed = (matrix: Float32Array, rows: number, columns: number): Float32Array => {
  const out = new Float32Array(matrix.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = matrix[r * columns + c]!;
  return out;
};

interface Product {
  /** [rows, columns] as it multiplies from the right. */
  matrix: Float32Array;
  rows: number;
  columns: number;
  bias: string | null;
}

/** The learned matrix of a product, null for a node that is left alone. */
const productOf = (node: OnnxNode, initializers: ReadonlyMap<string, OnnxTensor>): Product | null => {
  if (node.opType !== 'MatMul' && node.opType !== 'Gemm') return null;
  const weight = initializers.get(node.inputs[1] ?? '');
  if (!weight || weight.dataType !== onnxFloat || weight.dims.length !== 2) return null;
  if (weight.dims[0]! * weight.dims[1]! < leastElements) return null;
  if (node.opType === 'MatMul') return { matrix: floatsOf(weight), rows: weight.dims[0]!, columns: weight.dims[1]!, bias: null };
  const isPlain = !node.integers.get('transA') && (node.floats.get('alpha') ?? 1) === 1 && (node.floats.get('beta') ?? 1) === 1;
  if (!isPlain) return null;
  const bias = node.inputs[2] ?? null;
  const [first, second] = [weight.dims[0]!, weight.dims[1]!];
  if (!node.integers.get('transB')) return { matrix: floatsOf(weight), rows: first, columns: second, bias };
  return { matrix: transposed(floatsOf(weight), first, second), rows: second, columns: first, bias };
};

/** Changes the graph in place. @returns how many products became int8 */
export const quantizeGraph = (graph: OnnxGraph, bits: 7 | 8): number => {
  const quantizedInputs = new Map<string, string>();
  let count = 0;
  graph.nodes = graph.nodes.flatMap((node) => {
    const product = productOf(node, graph.initializers);
    if (!product) return [node];
    count++;
    const made: OnnxNode[] = [];
    const input = node.inputs[0]!;
    const output = node.outputs[0]!;
    // Three projections of one input share its quantisation.
    let known = quantizedInputs.get(input);
    if (known === undefined) {
      known = `${input}__int8`;
      quantizedInputs.set(input, known);
      made.push(makeNode('DynamicQuantizeLinear', [input], [known, `${known}_scale`, `${known}_zero`]));
    }
    const { values, scales } = quantizeColumns(product.matrix, product.rows, product.columns, bits);
    const name = `${output}__weight`;
    graph.initializers.set(name, tensorOf([product.rows, product.columns], onnxInt8, values));
    graph.initializers.set(`${name}_scale`, tensorOf([product.columns], onnxFloat, scales));
    const scaled = product.bias === null ? output : `${output}__scaled`;
    made.push(
      makeNode('MatMulInteger', [known, name, `${known}_zero`], [`${output}__sum`]),
      makeNode('Cast', [`${output}__sum`], [`${output}__float`], { to: onnxFloat }),
      makeNode('Mul', [`${known}_scale`, `${name}_scale`], [`${output}__scale`]),
      makeNode('Mul', [`${output}__float`, `${output}__scale`], [scaled]),
    );
    if (product.bias !== null) made.push(makeNode('Add', [scaled, product.bias], [output]));
    return made;
  });
  dropUnused(graph);
  return count;
};

const dropUnused = (graph: OnnxGraph): void => {
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  for (const name of graph.initializers.keys()) if (!used.has(name)) graph.initializers.delete(name);
};
