import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../common/testing/temp-folder.ts';
import { pickleLimits, readPickle } from './pickle.ts';
import { isDict, isTensor } from './pickle-values.ts';
import { globalOf, int, op, orderedDict, pickle, stateDict, tensor, text, tuple, underModel } from './testing/pickle-writer.ts';
import { ramp, samplePickle } from './testing/sample-checkpoint.ts';

const reasonFor = (data: Buffer) => outcomeOf(() => readPickle(data));
const body = (...parts: (Buffer | string)[]) =>
  pickle(...parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));

describe('readPickle', () => {
  it('describes the tensors of a state dict', () => {
    const value = readPickle(samplePickle({ 'a.weight': { shape: [2, 3], data: ramp(6) } }, true));
    const weight = isDict(value) ? value.entries.get('a.weight') : undefined;
    expect(isTensor(weight) && weight).toEqual({
      kind: 'tensor',
      storage: { kind: 'storage', key: '0', dtype: 'float32', elements: 6 },
      offset: 0,
      shape: [2, 3],
      stride: [3, 1],
    });
  });

  it('reads the plain data that training scripts add', () => {
    const extra = [
      text('epoch'),
      int(-3),
      text('loss'),
      'G\x3f\xd0\0\0\0\0\0\0',
      text('best'),
      'N',
      text('done'),
      '\x88',
      text('steps'),
      '\x8a\x02\xff\xff',
    ];
    const value = readPickle(body(op.emptyDict, '(', ...extra, text('rates'), ']', '(', 'K\x01', 'M\x00\x01', 'e', 'u'));
    const entries = isDict(value) ? [...value.entries] : [];
    expect(entries).toEqual([
      ['epoch', -3],
      ['loss', 0.25],
      ['best', null],
      ['done', true],
      ['steps', -1],
      ['rates', { kind: 'list', items: [1, 256] }],
    ]);
  });

  it('keeps names of Object.prototype as plain keys', () => {
    const value = readPickle(samplePickle({ __proto__x: { shape: [1], data: ramp(1) }, constructor: { shape: [1], data: ramp(1) } }, true));
    expect(isDict(value) && [...value.entries.keys()]).toEqual(['__proto__x', 'constructor']);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('survives containers that hold themselves', () => {
    const value = readPickle(body(op.emptyDict, 'q\x01', text('self'), 'h\x01', 's'));
    expect(isDict(value) && value.entries.get('self')).toBe(value);
  });

  it.each<[string, Buffer]>([
    ['GLOBAL os.system', body(globalOf('os', 'system'), tuple(text('id')), 'R')],
    ['GLOBAL posix.system', body(globalOf('posix', 'system'), tuple(text('id')), 'R')],
    ['GLOBAL builtins.eval', body(globalOf('builtins', 'eval'), tuple(text('1')), 'R')],
    ['GLOBAL torch.load', body(globalOf('torch', 'load'), tuple(text('x')), 'R')],
    ['GLOBAL torch._utils.__builtins__', body(globalOf('torch._utils', '__builtins__'), 'N', 'R')],
    ['a global with a space', body(globalOf('collections OrderedDict', ''), ')', 'R')],
    ['INST', body('(', text('id'), 'ios\nsystem\n')],
    ['OBJ', body('(', globalOf('collections', 'OrderedDict'), 'o')],
    ['NEWOBJ', body(globalOf('collections', 'OrderedDict'), ')', '\x81')],
    ['EXT1', body('\x82\x01')],
    ['PERSID', body('Pstorage\n')],
    ['STACK_GLOBAL', body(text('os'), text('system'), '\x93')],
    ['REDUCE of a string', body(text('os.system'), ')', 'R')],
    ['REDUCE of a storage type', body(globalOf('torch', 'FloatStorage'), tuple(int(5)), 'R')],
    ['BUILD of a tensor', body(tensor({ dtype: 'float32', key: '0', storageElements: 1, offset: 0, shape: [1], stride: [1] }), '}', 'b')],
    ['BUILD of a plain dict', body('}', '}', 'b')],
    ['a list as a key', body('}', ']', 'N', 's')],
    ['a negative size', body(tensor({ dtype: 'float32', key: '0', storageElements: 1, offset: -1, shape: [1], stride: [1] }))],
    ['a shape without strides', body(tensor({ dtype: 'float32', key: '0', storageElements: 1, offset: 0, shape: [1, 1], stride: [1] }))],
    ['values of the outer group', body(text('a'), '(', '\x85')],
    ['an empty stack', body('R')],
    ['a value that was not stored', body('h\x05')],
    ['data after the end', Buffer.concat([body('N'), Buffer.from('x')])],
    ['two values', body('N', 'N')],
    ['a text that is not UTF-8', body('X\x01\0\0\0\xff')],
    ['protocol 0', Buffer.from('N.')],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', async (_, data) => {
    expect(await reasonFor(data)).toMatch(/^checkpoint-refused: /);
  });

  it.each<[string, Buffer]>([
    ['deep groups', body('('.repeat(pickleLimits.depth + 1))],
    ['a huge stack', body('N'.repeat(pickleLimits.stack + 1))],
    ['a huge number of instructions', body('Nq\x01'.repeat(pickleLimits.instructions))],
    ['a long text', body(text('x'.repeat(pickleLimits.textBytes + 1)))],
    ['a text of announced 4 GB', body('X\xff\xff\xff\xff')],
    ['a long number', body('\x8a\xff')],
    ['a name without an end', body('cos')],
  ])('refuses %s within the limits', async (_, data) => {
    expect(await reasonFor(data)).toMatch(/^checkpoint-refused: /);
  });

  it('names what it would have called', async () => {
    expect(await reasonFor(body(globalOf('os', 'system'), tuple(text('id')), 'R'))).toContain('"os.system"');
  });

  it.each<[string, Buffer]>([
    ['complex numbers', body(globalOf('torch', 'ComplexFloatStorage'))],
    ['sparse tensors', body(globalOf('torch._utils', '_rebuild_sparse_tensor'))],
    ['protocol 4', Buffer.from('\x80\x04\x95\0\0\0\0\0\0\0\0N.', 'latin1')],
  ])('says that it does not read %s', async (_, data) => {
    expect(await reasonFor(data)).toMatch(/^checkpoint-unsupported: .*save it again/);
  });

  it('reads every prefix of a pickle to an error, never to a value', async () => {
    const whole = pickle(underModel(stateDict([['a', orderedDict()]])));
    for (let length = 0; length < whole.length; length++)
      expect(await reasonFor(whole.subarray(0, length))).toMatch(/^checkpoint-refused: /);
  });
});
