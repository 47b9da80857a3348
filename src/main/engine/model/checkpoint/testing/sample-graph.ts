/** A weight-less ONNX model: y = x + w1 (+ w2 ...), every w an external initializer, as the exporter writes them. */
import { bytesField, textField, varintField } from '../wire.ts';

const dimension = (size: number) => bytesField(1, varintField(1, size));
const valueInfo = (name: string, shape: readonly number[]) =>
  Buffer.concat([
    textField(1, name),
    bytesField(2, bytesField(1, Buffer.concat([varintField(1, 1), bytesField(2, Buffer.concat(shape.map(dimension)))]))),
  ]);

const pair = (key: string, value: string) => bytesField(13, Buffer.concat([textField(1, key), textField(2, value)]));

export function externalInitializer(name: string, shape: readonly number[], location = 'sample.pt'): Buffer {
  const dims = shape.map((size) => varintField(1, size));
  return Buffer.concat([...dims, varintField(2, 1), textField(8, name), pair('location', location), varintField(14, 1)]);
}

/** All weights have the shape of x. */
export function sampleGraph(weights: readonly string[], shape: readonly number[]): Buffer {
  const nodes = weights.map((weight, index) => {
    const input = index === 0 ? 'x' : `sum${index}`;
    const output = index === weights.length - 1 ? 'y' : `sum${index + 1}`;
    return bytesField(1, Buffer.concat([textField(1, input), textField(1, weight), textField(2, output), textField(4, 'Add')]));
  });
  const graph = Buffer.concat([
    ...nodes,
    textField(2, 'sample'),
    ...weights.map((weight) => bytesField(5, externalInitializer(weight, shape))),
    bytesField(11, valueInfo('x', shape)),
    bytesField(12, valueInfo('y', shape)),
  ]);
  const opset = bytesField(8, Buffer.concat([textField(1, ''), varintField(2, 18)]));
  return Buffer.concat([varintField(1, 9), textField(2, 'test'), bytesField(7, graph), opset]);
}
