/** An output is never an input, by whatever name; what exists is replaced only when the user asks. */
import { link, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOutputs, type Output, refuseInside } from './check-outputs.ts';

let base: string;
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'sam2-outputs-')));
  await mkdir(join(base, 'out'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const at = (path: string): string => join(base, path);
const put = async (path: string): Promise<string> => {
  await writeFile(at(path), 'data');
  return at(path);
};
const file = (path: string): Output => ({ path: at(path), kind: 'file' });
const folder = (path: string): Output => ({ path: at(path), kind: 'folder' });
const check = (inputs: string[], outputs: Output[], overwrite = true) => checkOutputs({ inputs, outputs, overwrite });

describe('an output that is an input is refused, asked for or not', () => {
  const clip = () => put('out/annotated.mp4');
  it.each([
    ['the same path', clip],
    ['another spelling', async () => `${base}/out/../out//${(await clip()).slice(`${base}/out/`.length)}`],
    [
      'a link to the output',
      async () => {
        await symlink(await clip(), at('link.mp4'));
        return at('link.mp4');
      },
    ],
    [
      'what the output is a link to',
      async () => {
        const source = await put('source.mp4');
        await symlink(source, at('out/annotated.mp4'));
        return source;
      },
    ],
    [
      'another name of the same file',
      async () => {
        const source = await put('source.mp4');
        await link(source, at('out/annotated.mp4'));
        return source;
      },
    ],
    [
      'a file in a folder that is a link',
      async () => {
        await clip();
        await symlink(at('out'), at('other'));
        return at('other/annotated.mp4');
      },
    ],
  ])('%s', async (_name, source) => {
    const input = await source();
    for (const overwrite of [false, true])
      await expect(
        check([at('missing.png'), input], [file('out/results.json'), file('out/annotated.mp4')], overwrite),
      ).rejects.toMatchObject({ code: 'output-unwritable', message: expect.stringContaining('the file being read') });
  });

  it('a folder of pictures, and a folder that holds a mask that is read', async () => {
    await mkdir(at('out/masks'));
    const mask = await put('out/masks/00000.png');
    await symlink(at('out/masks'), at('frames'));
    for (const input of [at('out/masks'), at('frames'), mask, at('frames/00000.png')])
      await expect(check([input], [folder('out/masks')])).rejects.toMatchObject({ code: 'output-unwritable' });
    await expect(check([mask], [folder('out/other')])).resolves.toBeUndefined();
  });

  it('a clip under the name of an unfinished file, which would be taken for what a killed run left', async () => {
    const left = await put('out/annotated.mp4.partial-99.mp4');
    await expect(check([left], [file('out/annotated.mp4')])).rejects.toMatchObject({ code: 'output-unwritable' });
    await expect(check([left], [file('annotated.mp4')])).resolves.toBeUndefined();
  });
});

describe('what exists', () => {
  it('is named and refused, a link that leads nowhere too, until the user asks for it to be replaced', async () => {
    await put('out/results.json');
    await symlink(at('nowhere'), at('out/annotated.mp4'));
    const outputs = [file('out/results.json'), file('out/annotated.mp4'), file('out/new.csv')];
    await expect(check([], outputs, false)).rejects.toMatchObject({
      code: 'output-exists',
      details: { paths: [at('out/results.json'), at('out/annotated.mp4')] },
    });
    await expect(check([], outputs)).resolves.toBeUndefined();
  });

  it('is no obstacle as an empty folder', async () => {
    await mkdir(at('out/masks'));
    await expect(check([], [folder('out/masks')], false)).resolves.toBeUndefined();
  });

  it('stays when it is of another kind, or a folder with the work of others', async () => {
    await mkdir(at('out/masks'));
    await put('out/masks/00000.png');
    await expect(check([], [folder('out/masks')])).resolves.toBeUndefined();
    await put('out/masks/notes.txt');
    await expect(check([], [folder('out/masks')])).rejects.toMatchObject({ message: expect.stringContaining('notes.txt') });
    await expect(check([], [file('out/masks')])).rejects.toMatchObject({ message: expect.stringContaining('is a folder') });
    await put('out/file');
    await expect(check([], [folder('out/file')])).rejects.toMatchObject({ message: expect.stringContaining('is a file') });
  });
});

it('a copy is not made inside of what is copied', async () => {
  await mkdir(at('project'));
  await symlink(at('project'), at('link'));
  for (const parent of ['project', 'project/sub/deeper', 'link', 'link/sub'])
    await expect(refuseInside(at(parent), at('project'))).rejects.toMatchObject({ code: 'output-unwritable' });
  for (const parent of ['out', 'project-2', '.']) await expect(refuseInside(at(parent), at('project'))).resolves.toBeUndefined();
});
