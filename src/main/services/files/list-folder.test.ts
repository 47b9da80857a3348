import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mostListed } from '../../../shared/files.ts';
import { listFolder, listRoots } from './list-folder.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sam2-files-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const inside = async (path: string): Promise<boolean> => path === root || path.startsWith(`${root}/`);
const names = (entries: readonly { name: string }[]): string[] => entries.map(({ name }) => name);

describe('listFolder', () => {
  it('shows folders and projects first, then videos and pictures, numbers in order', async () => {
    await mkdir(join(root, 'work'));
    await writeFile(join(root, 'work/project.json'), '{}');
    await mkdir(join(root, 'Archive'));
    await mkdir(join(root, '.hidden'));
    for (const name of ['clip10.mp4', 'clip2.MOV', 'notes.txt', 'still.png']) await writeFile(join(root, name), 'abc');
    const { entries, folder, parent, isCut } = await listFolder(root, inside);
    expect(names(entries)).toEqual(['Archive', 'work', 'clip2.MOV', 'clip10.mp4', 'still.png']);
    expect(entries.map(({ kind }) => kind)).toEqual(['folder', 'project', 'video', 'video', 'picture']);
    expect(entries[2]).toMatchObject({ bytes: 3, path: join(root, 'clip2.MOV') });
    expect({ folder, parent, isCut }).toEqual({ folder: root, parent: null, isCut: false });
    expect((await listFolder(join(root, 'Archive'), inside)).parent).toBe(root);
  });

  it.skipIf(process.platform === 'win32')('neither shows where a link leads out, nor stumbles over one that leads nowhere', async () => {
    await symlink(dirname(root), join(root, 'out'));
    await symlink(join(root, 'gone.mp4'), join(root, 'dangling.mp4'));
    const real = async (path: string): Promise<boolean> => !path.endsWith('/out') && inside(path);
    expect((await listFolder(root, real)).entries).toEqual([]);
  });

  it('says what to do where there is no folder', async () => {
    await writeFile(join(root, 'file'), '');
    for (const name of ['absent', 'file'])
      await expect(listFolder(join(root, name), inside)).rejects.toMatchObject({
        code: 'source-missing',
        message: expect.stringContaining(name),
      });
  });

  it('cuts a folder that is too long, and says so', async () => {
    const many = Array.from({ length: mostListed + 1 }, (_, i) => writeFile(join(root, `${i}.png`), ''));
    await Promise.all(many);
    const { entries, isCut } = await listFolder(root, inside);
    expect(entries).toHaveLength(mostListed);
    expect(isCut).toBe(true);
  });
});

it('the folders to start from are named by their paths; what is not there is left out', async () => {
  const { entries, folder } = await listRoots([root, join(root, 'absent'), root]);
  expect(names(entries)).toEqual([root]);
  expect(folder).toBeNull();
});
