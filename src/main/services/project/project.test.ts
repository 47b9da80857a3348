/** Projects: what is kept, what survives, and what is refused. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../../shared/errors.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';
import { type KeptWork, newWork } from '../session/kept-work.ts';
import type { ObjectRecord } from '../session/object-list.ts';
import type { WriteSync } from './append-file.ts';
import { Project, readProjectFile, workName } from './project.ts';
import { encodeChange, readWorkLog } from './work-log.ts';

let folder: string;
let clip: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-project-'));
  clip = join(folder, 'holiday.mp4');
  writeFileSync(clip, 'a clip');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const media = { frameCount: 100, width: 4, height: 2 };
const object = (id: number, change: Partial<ObjectRecord> = {}): ObjectRecord => ({
  id,
  name: `Object ${id}`,
  color: '#ff0000',
  visible: true,
  solo: false,
  locked: false,
  maskKey: id,
  prompts: [],
  ...change,
});
const result = (objectId: number, predictedIou: number): EngineResult => ({
  objectId,
  counts: '44',
  box: null,
  area: 4,
  predictedIou,
  objectLogit: 2,
  prompted: false,
  overlay: { objectId, width: 2, height: 1, scale: 0.1, predictedIou, objectLogit: 2, logits: Int8Array.of(1, 2) },
});
const errors: (AppError | null)[] = [];
const create = (write?: WriteSync) => Project.create(join(folder, 'projects'), clip, media, '1', (error) => errors.push(error), write);
const open = (path: string) => Project.open(path, (error) => errors.push(error));
const withObjects: KeptWork = {
  ...newWork,
  nextId: 3,
  position: 7,
  reviewed: [{ objectId: 1, kind: 'absence', frame: 12, first: 10, last: 30 }],
  objects: [object(2), object(1, { name: 'Boat' })],
};

describe('Project', () => {
  it('keeps edits and masks without being closed', async () => {
    const project = await create();
    project.save(withObjects);
    project.store.put(5, result(1, 0.25));
    project.store.put(6, result(1, 0.5));
    project.store.remove(1, 5);
    const told = { frame: 6, objectIds: [1], events: [], uncertainty: [{ objectId: 1, frame: 6, uncertainty: 0.5 }], amendedFrames: 2 };
    project.trees.append(told);
    const again = open(project.folder);
    expect([...again.trees.read()]).toEqual([told]);
    expect(again.kept).toEqual(withObjects);
    expect(again.store.frames(1)).toEqual([6]);
    expect(again.store.get(1, 6)).toMatchObject({ counts: '44', predictedIou: 0.5, overlay: { scale: 0.1 } });
    again.close();
    project.close();
  });

  it('opens after its logs were torn anywhere, with all that is whole', async () => {
    const project = await create();
    project.save(withObjects);
    for (let frame = 0; frame < 3; frame++) project.store.put(frame, result(1, 0.5));
    project.close();
    appendFileSync(join(project.folder, workName), '12345678 {"objects":[{"id"');
    appendFileSync(join(project.folder, 'masks-0.idx'), Buffer.alloc(13, 7));
    const again = open(project.folder);
    expect(again.kept).toEqual(withObjects);
    again.store.put(3, result(1, 0.5));
    again.save({ ...withObjects, position: 9 });
    again.close();
    const last = open(project.folder);
    expect(last.store.frames(1)).toEqual([0, 1, 2, 3]);
    expect(last.kept.position).toBe(9);
    last.close();
  });

  it('keeps work in memory while the disk is full, says so, and saves it after', async () => {
    let isFull = false;
    const write: WriteSync = (fd, data, offset, length, position) => {
      if (isFull) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      // A nearly full disk takes a part.
      return writeSync(fd, data, offset, Math.min(length, 11), position);
    };
    const project = await create(write);
    isFull = true;
    errors.length = 0;
    project.save(withObjects);
    project.store.put(4, result(1, 0.75));
    // Two files fail; one error is told.
    expect(errors.map((error) => error?.code)).toEqual(['disk-full']);
    expect(project.view.error?.code).toBe('disk-full');
    expect(project.store.get(1, 4)!.predictedIou).toBe(0.75);
    expect(readFileSync(join(project.folder, workName)).length).toBe(0);
    isFull = false;
    project.save({ ...withObjects, position: 8 });
    // The masks still wait.
    expect(project.view.error?.code).toBe('disk-full');
    project.store.put(5, result(1, 0.5));
    expect(project.view.error).toBeNull();
    expect(errors.slice(1)).toEqual([null]);
    project.close();
    const again = open(project.folder);
    expect(again.kept.position).toBe(8);
    expect(again.store.frames(1)).toEqual([4, 5]);
    again.close();
  });

  it('ends what still reads when it is closed, without an error of the system', async () => {
    const project = await create();
    project.save(withObjects);
    project.store.put(4, result(1, 0.75));
    project.close();
    expect(() => project.store.get(1, 4)).toThrow(expect.objectContaining({ code: 'cancelled' }));
  });

  it('writes the masks of a frame with one write to each file, records before the rows that point to them', async () => {
    const writes: number[] = [];
    const write: WriteSync = (fd, data, offset, length, position) => {
      writes.push(length);
      return writeSync(fd, data, offset, length, position);
    };
    const project = await create(write);
    project.save(withObjects);
    writes.length = 0;
    project.store.batch(() => {
      for (const id of [1, 2]) project.store.put(9, result(id, 0.5));
      expect(project.store.get(1, 9)!.predictedIou).toBe(0.5);
      expect(writes).toEqual([]);
    });
    expect(writes).toHaveLength(2);
    expect(writes[1]).toBe(2 * 40);
    expect(() =>
      project.store.batch(() => {
        project.store.put(10, result(1, 0.5));
        throw new Error('midway');
      }),
    ).toThrow('midway');
    const again = open(project.folder);
    expect(again.store.frames(1)).toEqual([9, 10]);
    again.close();
    project.close();
  });

  it('finds its clip beside it or inside it, and takes no other file for it', async () => {
    const project = await create();
    project.save(withObjects);
    project.close();
    const moved = join(folder, 'moved.mp4');
    renameSync(clip, moved);
    const again = open(project.folder);
    await expect(again.findClip()).rejects.toMatchObject({ code: 'source-missing', details: { project: project.folder } });
    writeFileSync(clip, 'b clip');
    await expect(again.findClip()).rejects.toMatchObject({ code: 'source-missing' });
    await expect(again.relink(clip)).rejects.toMatchObject({ code: 'source-changed' });
    await again.relink(moved);
    expect(await again.findClip()).toBe(moved);
    again.close();
    expect(readProjectFile(project.folder).source.path).toBe(moved);
  });

  it('is one folder that opens elsewhere', async () => {
    const project = await create();
    project.save(withObjects);
    project.store.put(5, result(1, 0.25));
    mkdirSync(join(folder, 'stick'));
    const copy = await project.exportTo(join(folder, 'stick'), clip);
    await expect(project.exportTo(join(folder, 'stick'), clip)).rejects.toMatchObject({ code: 'output-exists' });
    project.close();
    rmSync(clip);
    rmSync(project.folder, { recursive: true });
    renameSync(join(folder, 'stick'), join(folder, 'other'));
    const there = open(copy.replace('stick', 'other'));
    expect(await there.findClip()).toBe(join(there.folder, 'holiday.mp4'));
    expect(there.store.get(1, 5)!.predictedIou).toBe(0.25);
    there.close();
  });

  it('is copied as it was when the copy began, whatever is done meanwhile; a cancelled copy leaves nothing', async () => {
    const project = await create();
    project.save(withObjects);
    project.store.put(5, result(1, 0.25));
    const stick = join(folder, 'stick');
    mkdirSync(stick);
    let isFirst = true;
    const copy = await project.exportTo(stick, clip, undefined, () => {
      if (!isFirst) return;
      isFirst = false;
      project.store.put(6, result(1, 0.5));
    });
    const ending = new AbortController();
    mkdirSync(join(folder, 'second'));
    await expect(project.exportTo(join(folder, 'second'), clip, ending.signal, () => ending.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(readdirSync(join(folder, 'second'))).toEqual([]);
    project.close();
    const there = open(copy);
    expect(there.store.frames(1)).toEqual([5]);
    expect(there.kept).toEqual(withObjects);
    there.close();
  });

  it('leaves nothing behind when nothing was made', async () => {
    const project = await create();
    expect(project.close()).toBe(false);
    expect(existsSync(project.folder)).toBe(false);
  });

  it('is open once at a time', async () => {
    const project = await create();
    project.save(withObjects);
    // Process 1 is always there.
    writeFileSync(join(project.folder, 'in-use'), '1');
    expect(() => open(project.folder)).toThrow(/open in another window/);
    writeFileSync(join(project.folder, 'in-use'), '999999999');
    open(project.folder).close();
    project.close();
  });

  it('refuses what is newer or no project', async () => {
    const project = await create();
    project.save(withObjects);
    project.close();
    const path = join(project.folder, 'project.json');
    copyFileSync(path, `${path}.bak`);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), version: 99 }));
    expect(() => open(project.folder)).toThrow(/newer version/);
    writeFileSync(path, '{');
    expect(() => open(project.folder)).toThrow(/no readable project/);
  });
});

describe('the log of edits', () => {
  it('gives the last work that is whole, wherever it is cut', () => {
    const works = fc.array(
      fc.record({ ids: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 5 }), name: fc.string(), position: fc.nat(99) }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(works, fc.double({ min: 0, max: 1, noNaN: true }), (states, cut) => {
        const kept: KeptWork[] = [newWork];
        const ends = [0];
        const lines: Buffer[] = [];
        for (const { ids, name, position } of states) {
          const work = { ...newWork, objects: ids.map((id) => object(id, { name })), position };
          const line = encodeChange(kept.at(-1)!, work);
          if (!line) continue;
          lines.push(line);
          kept.push(work);
          ends.push(ends.at(-1)! + line.length);
        }
        const log = Buffer.concat(lines);
        const length = Math.floor(log.length * cut);
        const whole = ends.findLastIndex((end) => end <= length);
        expect(readWorkLog(log.subarray(0, length))).toMatchObject({ work: kept[whole], bytes: ends[whole] });
      }),
    );
  });
});
