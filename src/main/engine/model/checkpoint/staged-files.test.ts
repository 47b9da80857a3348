import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TempFolder } from '../../../common/testing/temp-folder.ts';
import { StagedFiles } from './staged-files.ts';

afterEach(() => vi.useRealTimers());

describe('StagedFiles', () => {
  it('shows all files at the end, or none', async () => {
    await using folder = await TempFolder.create();
    const staged = await StagedFiles.in(join(folder.path, 'deep', 'dir'));
    await writeFile(staged.pathFor('a'), '1');
    await writeFile(staged.pathFor('manifest'), '2');
    await staged.commit('manifest');
    const next = await StagedFiles.in(staged.dir);
    await writeFile(next.pathFor('a'), '3');
    await next.discard();
    expect((await readdir(staged.dir)).sort()).toEqual(['a', 'manifest']);
    expect(await readFile(join(staged.dir, 'a'), 'utf8')).toBe('1');
  });

  it('removes what a killed import left, but not what another one writes now', async () => {
    await using folder = await TempFolder.create();
    const killed = await StagedFiles.in(folder.path);
    await writeFile(killed.pathFor('a'), '1');
    await folder.file('.mine.partial', Buffer.from('x'));
    await StagedFiles.in(folder.path);
    expect(await readdir(folder.path)).toHaveLength(2);
    vi.useFakeTimers({ now: Date.now() + 4_000_000, toFake: ['Date'] });
    await StagedFiles.in(folder.path);
    expect(await readdir(folder.path)).toEqual(['.mine.partial']);
  });
});
