import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../common/testing/temp-folder.ts';
import { rebindExternalData } from './onnx-external.ts';
import { listInitializers } from './testing/list-initializers.ts';
import { externalInitializer, sampleGraph } from './testing/sample-graph.ts';
import { bytesField, textField, varintField } from './wire.ts';

const withGraph = (...fields: Uint8Array[]) => bytesField(7, Buffer.concat(fields));

describe('listInitializers', () => {
  it('gives names, shapes, types and places', () => {
    expect(listInitializers(sampleGraph(['w1', 'w2'], [2, 3]))).toEqual([
      { name: 'w1', dims: [2, 3], dataType: 1, external: { location: 'sample.pt', offset: 0, length: 0 } },
      { name: 'w2', dims: [2, 3], dataType: 1, external: { location: 'sample.pt', offset: 0, length: 0 } },
    ]);
  });

  it('reads packed dimensions and data that the graph holds itself', () => {
    const tensor = Buffer.concat([
      bytesField(1, Buffer.from([2, 0x80, 1])),
      varintField(2, 7),
      textField(8, 'x'),
      bytesField(9, Buffer.alloc(8)),
    ]);
    expect(listInitializers(withGraph(bytesField(5, tensor)))).toEqual([{ name: 'x', dims: [2, 128], dataType: 7, external: null }]);
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['two graphs', Buffer.concat([withGraph(), withGraph()])],
    ['a length past the end', Buffer.from([0x3a, 0x7f, 0])],
    ['a length of 2^63', Buffer.from([0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])],
    ['an endless number', Buffer.alloc(20, 0xff)],
    ['a group', Buffer.from([0x3b])],
    ['field 0', Buffer.from([0x02, 0])],
    ['a graph that is a number', varintField(7, 3)],
    ['an initializer that is a number', withGraph(varintField(5, 3))],
    ['a negative dimension', withGraph(bytesField(5, Buffer.from([8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])))],
    ['two locations', withGraph(bytesField(5, Buffer.concat([externalInitializer('a', [1]), externalInitializer('a', [1])])))],
  ])('refuses %s', async (_, model) => {
    expect(await outcomeOf(() => listInitializers(model))).toMatch(/^model-corrupt: /);
  });
});

describe('rebindExternalData', () => {
  it('writes the place and keeps every other byte', () => {
    const unknown = [bytesField(999, Buffer.from('kept')), varintField(77, 12345), Buffer.from([0x85, 0x07, 1, 2, 3, 4])];
    const tensor = (place: Uint8Array) =>
      bytesField(5, Buffer.concat([varintField(1, 4), varintField(2, 1), textField(8, 'w'), unknown[1]!, place]));
    const model = (place: Uint8Array) =>
      Buffer.concat([unknown[0]!, varintField(1, 9), withGraph(unknown[2]!, tensor(place), textField(2, 'g')), unknown[1]!]);
    const pair = (key: string, value: string) => bytesField(13, Buffer.concat([textField(1, key), textField(2, value)]));
    const before = model(Buffer.concat([pair('location', 'old'), varintField(14, 1)]));
    const after = model(Buffer.concat([pair('location', 'w.pt'), pair('offset', '5000000000'), pair('length', '16'), varintField(14, 1)]));
    expect(rebindExternalData(before, () => ({ location: 'w.pt', offset: 5e9, length: 16 }))).toEqual(after);
  });

  it('leaves alone what it is told to', () => {
    const model = sampleGraph(['w1', 'w2'], [2]);
    expect(Buffer.from(rebindExternalData(model, () => null))).toEqual(model);
  });

  it('can be bound again', () => {
    const bind = (model: Uint8Array, offset: number) => rebindExternalData(model, ({ name }) => ({ location: name, offset, length: 8 }));
    const model = sampleGraph(['w1'], [2]);
    expect(bind(bind(model, 64), 128)).toEqual(bind(model, 128));
  });
});
