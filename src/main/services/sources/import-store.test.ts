/** The folder of imported clips: what is left of ended processes, what is used, and what the user removes. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportStore } from './import-store.ts';
import { ImportedClips } from './imported-clips.ts';

let folder: string;
let store: ImportStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-imports-'));
  store = new ImportStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const gone = 999_999_999;
const make = (id: string, files: Record<string, string>): void => {
  mkdirSync(join(folder, id));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, id, name), text);
};
const mark = (pid: number, recording: string | null): string => JSON.stringify({ pid, recording });
const there = (id: string): string[] => (existsSync(join(folder, id)) ? readdirSync(join(folder, id)).sort() : []);

describe('what an ended process left', () => {
  it('is removed, but a recording, which is claimed to be made whole', async () => {
    make('00000001', { 'in-use': mark(gone, null), 'clip.mp4.part': 'half', 'clip.mp4.part.json': '{}' });
    make('00000002', { 'in-use': mark(gone, 'camera 1.webm.partial'), 'camera 1.webm.partial': 'half', 'camera 1.mkv.partial': 'less' });
    make('00000003', { 'in-use': mark(gone, 'live.mkv.partial'), 'live.mkv.partial': 'half' });
    make('00000004', { 'in-use': mark(gone, 'nothing.partial') });
    make('00000005', { 'in-use': '{"pi', 'clip.mkv.partial': 'half' });
    const cut = (await store.leftovers()).sort((a, b) => a.name.localeCompare(b.name));
    expect(cut.map(({ name, path }) => [name, basename(path)])).toEqual([
      ['camera 1.mkv', 'camera 1.webm.cut'],
      ['live.mkv', 'live.mkv.cut'],
    ]);
    expect(['00000001', '00000004', '00000005'].map(there)).toEqual([[], [], []]);
    // They are in work now; given up, they are found again, though under the other name.
    expect(await store.leftovers()).toEqual([]);
    cut[0]!.place.leave();
    const [again] = await store.leftovers();
    expect([again!.name, basename(again!.path)]).toEqual(['camera 1.mkv', 'camera 1.webm.cut']);
    writeFileSync(again!.place.path(again!.name), 'whole');
    await again!.place.done();
    expect(there('00000002')).toEqual(['camera 1.mkv']);
  });

  it('is kept when it was whole, and left to a process that is still there', async () => {
    make('00000001', { 'in-use': mark(gone, null), 'clip.mp4': 'whole', 'clip.mp4.part.json': '{}' });
    make('00000002', { 'in-use': mark(process.ppid, 'live.mkv.partial'), 'live.mkv.partial': 'half' });
    const mine = await store.claim(null);
    writeFileSync(mine.path('mine.mkv.partial'), 'half');
    expect(await store.leftovers()).toEqual([]);
    expect(there('00000001')).toEqual(['clip.mp4']);
    expect(there('00000002')).toEqual(['in-use', 'live.mkv.partial']);
    expect(there(basename(mine.folder))).toEqual(['in-use', 'mine.mkv.partial']);
  });

  it('never names a file of another folder', async () => {
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    make('00000001', { 'in-use': mark(gone, '../mine.txt') });
    expect(await store.leftovers()).toEqual([]);
    expect(existsSync(join(folder, 'mine.txt'))).toBe(true);
    expect(there('00000001')).toEqual([]);
  });
});

describe('imported clips', () => {
  it('are listed with their size and who uses them; only unused ones are removed, when they are asked for', async () => {
    for (const [id, name] of [
      ['0000000a', 'used.mkv'],
      ['0000000b', 'recent.mkv'],
      ['0000000c', 'open.mp4'],
      ['0000000d', 'free.mp4'],
      ['0000000e', 'other.mp4'],
    ] as const)
      make(id, { [name]: '12345' });
    make('0000000f', { 'in-use': mark(process.ppid, null), 'coming.mkv.partial': '123' });
    make('not ours', { 'clip.mp4': 'x' });
    const clips = new ImportedClips(store, {
      pointers: async () => [
        { name: 'Project', text: JSON.stringify({ path: join(folder, '0000000a', 'used.mkv') }) },
        { name: 'Recent', text: join(folder, '0000000b', 'recent.mkv') },
        // Cut off in its middle.
        { name: 'Damaged', text: `{"source":{"path":"/data/imports/0000000a/us` },
      ],
      openClips: () => [join(folder, '0000000c', 'open.mp4')],
    });
    const all = (await clips.list()).sort((a, b) => a.id.localeCompare(b.id));
    expect(all.map(({ name, bytes, isOpen, usedBy }) => [name, bytes, isOpen, usedBy])).toEqual([
      ['used.mkv', 5, false, ['Project', 'Damaged']],
      ['recent.mkv', 5, false, ['Recent']],
      ['open.mp4', 5, true, []],
      ['free.mp4', 5, false, []],
      ['other.mp4', 5, false, []],
    ]);
    const asked = ['0000000a', '0000000b', '0000000c', '0000000d', '0000000f', 'not ours', '../..'];
    expect(await clips.remove(asked)).toEqual({ removed: 1, bytes: 5 });
    expect((await clips.list()).map(({ name }) => name).sort()).toEqual(['open.mp4', 'other.mp4', 'recent.mkv', 'used.mkv']);
    expect(there('0000000f')).toEqual(['coming.mkv.partial', 'in-use']);
    expect(there('not ours')).toEqual(['clip.mp4']);
  });

  it('are none where there is no folder yet', async () => {
    const none = new ImportStore(join(folder, 'none'));
    expect(await none.list()).toEqual([]);
    expect(await none.leftovers()).toEqual([]);
  });
});
