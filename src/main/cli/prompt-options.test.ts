import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { collectObjects, parseObject, parsePrompt } from './prompt-options.ts';

const none = { point: [], negative: [], box: [], mask: [], object: [] };

describe('prompts on the command line', () => {
  it('gather by frame into one object', () => {
    expect(collectObjects({ ...none, point: ['1,2@3', '4.5,6@3'], negative: ['7,8@3'], box: ['1,1,9,9@10'] })).toEqual([
      {
        name: null,
        prompts: [
          {
            frame: 3,
            points: [
              { x: 1, y: 2, label: 1 },
              { x: 4.5, y: 6, label: 1 },
              { x: 7, y: 8, label: 0 },
            ],
            box: null,
            maskFile: null,
          },
          { frame: 10, points: [], box: { x: 1, y: 1, width: 9, height: 9 }, maskFile: null },
        ],
      },
    ]);
  });

  it('make an object of each --object, names and file names with odd signs included', () => {
    expect(parseObject('My dog: point=1,2@0; mask=a@b.png@7 ')).toEqual({
      name: 'My dog',
      prompts: [
        { frame: 0, points: [{ x: 1, y: 2, label: 1 }], box: null, maskFile: null },
        { frame: 7, points: [], box: null, maskFile: 'a@b.png' },
      ],
    });
    expect(collectObjects({ ...none, point: ['1,2@0'], object: ['a:point=1,2@0', 'b:box=1,2,3,4@0'] }).map(({ name }) => name)).toEqual([
      null,
      'a',
      'b',
    ]);
  });

  it.each(['', 'x', '1,2', '@0', '1,2@', '1,2@-1', '1,2@1.5', '1,2,3@0', ',@0', '1,@0', '1,2@0@'])('refuse the point "%s"', (text) => {
    expect(() => parsePrompt('point', text)).toThrow(AppError);
  });

  it.each(['a', 'a:', ':point=1,2@0', 'a:line=1,2@0', 'a:point', 'a:box=1,2,3,4@0;box=1,2,3,4@0', 'a:mask=m.png@0;point=1,2@0'])(
    'refuse the object "%s"',
    (text) => {
      expect(() => parseObject(text)).toThrow(AppError);
    },
  );

  it('read back what they print, and never throw anything but an AppError', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: -9999, max: 9999 }), fc.nat(1e6), (x, y, frame) => {
        expect(parsePrompt('point', `${x},${y}@${frame}`)).toMatchObject({ numbers: [x, y], frame });
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseObject(text);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
