import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPromptTable } from './prompt-table.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sam2-video-table-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const heading = 'clip,object,frame,prompt,value';
const read = async (...lines: string[]): Promise<Awaited<ReturnType<typeof readPromptTable>>> => {
  const path = join(folder, 'prompts.csv');
  await writeFile(path, [heading, ...lines].join('\r\n'));
  return readPromptTable(path);
};

describe('a table of prompts', () => {
  it('gives each clip its objects, frame by frame', async () => {
    const table = await read(
      'a.mp4,Car,12,box,"100,80,200,240"',
      'a.mp4,Car,0,point,"410, 260"',
      'a.mp4,Car,0,negative,500;300',
      'b.mp4,,0,mask,cat.png',
    );
    expect(table.objectsOf('/elsewhere/a.mp4')).toEqual([
      {
        name: 'Car',
        prompts: [
          {
            frame: 0,
            points: [
              { x: 410, y: 260, label: 1 },
              { x: 500, y: 300, label: 0 },
            ],
            box: null,
            mask: null,
          },
          { frame: 12, points: [], box: { x: 100, y: 80, width: 200, height: 240 }, mask: null },
        ],
      },
    ]);
    expect(table.objectsOf(join(folder, 'b.mp4'))).toEqual([
      { name: null, prompts: [{ frame: 0, points: [], box: null, mask: join(folder, 'cat.png') }] },
    ]);
    expect(() => table.objectsOf('/elsewhere/c.mp4')).toThrow(/no row for c\.mp4/);
  });

  it.each([
    [['a.mp4,Car,-1,point,"1,2"'], /Line 2 .*frame is not a frame number/],
    [['a.mp4,Car,0,point,"1,2"', 'a.mp4,Car,0,circle,"1,2"'], /Line 3 .*prompt/],
    [['a.mp4,Car,0,point,"1,two"'], /"1,two" is not a point; it needs 2 numbers/],
    [['a.mp4,Car,0,box,"1,2,3"'], /is not a box; it needs 4 numbers/],
    [['a.mp4,Car,0,box,"1,2,3,4"', 'a.mp4,Car,0,box,"5,6,7,8"'], /Line 3 .*second box/],
    [['a.mp4,Car,0,point,"1,2"', 'a.mp4,Car,0,mask,m.png'], /needs points or a box, or else a mask/],
    [['a.mp4,Car,0'], /is not CSV/],
  ])('%j is refused with its line', async (lines, message) => {
    await expect(read(...lines)).rejects.toThrow(message);
  });
});
