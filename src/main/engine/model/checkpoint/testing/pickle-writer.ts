/** Writes pickles as torch.save does, and on request as an attacker would. */

export type Tensor = { dtype: string; key: string; storageElements: number; offset: number; shape: number[]; stride: number[] };

export const op = {
  proto: Buffer.from([0x80, 2]),
  emptyDict: Buffer.from('}'),
  emptyList: Buffer.from(']'),
  emptyTuple: Buffer.from(')'),
  mark: Buffer.from('('),
  tuple: Buffer.from('t'),
  setItem: Buffer.from('s'),
  setItems: Buffer.from('u'),
  reduce: Buffer.from('R'),
  build: Buffer.from('b'),
  persistentId: Buffer.from('Q'),
  newFalse: Buffer.from([0x89]),
  stop: Buffer.from('.'),
} as const;

const storageNames: Record<string, string> = {
  float32: 'FloatStorage',
  float16: 'HalfStorage',
  bfloat16: 'BFloat16Storage',
  float64: 'DoubleStorage',
  int64: 'LongStorage',
};

export const globalOf = (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`);

export function int(value: number): Buffer {
  const bytes = Buffer.alloc(5, 'J');
  bytes.writeInt32LE(value, 1);
  return bytes;
}

export function text(value: string): Buffer {
  const head = Buffer.alloc(5, 'X');
  head.writeUInt32LE(Buffer.byteLength(value), 1);
  return Buffer.concat([head, Buffer.from(value)]);
}

export const tuple = (...items: Buffer[]): Buffer => Buffer.concat([op.mark, ...items, op.tuple]);

export const orderedDict = (): Buffer => Buffer.concat([globalOf('collections', 'OrderedDict'), op.emptyTuple, op.reduce]);

export function tensor({ dtype, key, storageElements, offset, shape, stride }: Tensor): Buffer {
  const storage = [text('storage'), globalOf('torch', storageNames[dtype] ?? dtype), text(key), text('cpu'), int(storageElements)];
  const args = tuple(
    Buffer.concat([tuple(...storage), op.persistentId]),
    int(offset),
    tuple(...shape.map(int)),
    tuple(...stride.map(int)),
    op.newFalse,
    orderedDict(),
  );
  return Buffer.concat([globalOf('torch._utils', '_rebuild_tensor_v2'), args, op.reduce]);
}

export function stateDict(items: Iterable<readonly [string, Buffer]>): Buffer {
  const pairs = [...items].flatMap(([name, value]) => [text(name), value]);
  const metadata = [op.emptyDict, text('_metadata'), orderedDict(), op.setItem, op.build];
  return Buffer.concat([orderedDict(), op.mark, ...pairs, op.setItems, ...metadata]);
}

export const underModel = (dict: Buffer): Buffer => Buffer.concat([op.emptyDict, text('model'), dict, op.setItem]);

export const pickle = (...body: Buffer[]): Buffer => Buffer.concat([op.proto, ...body, op.stop]);
