/** Undo and redo over restarts and kills: what is undone is what was done, wherever the files end. */
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MaskIndex } from '../results/mask-index.ts';
import { mostSteps } from '../session/history.ts';
import { newWork } from '../session/kept-work.ts';
import { applyStep, editSteps, makeEdits, media, result } from '../testing/random-edits.ts';
import { boundHistory } from './kept-history.ts';
import { Project, workName } from './project.ts';

let folder: string;
let clip: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-history-'));
  clip = join(folder, 'clip.mp4');
  writeFileSync(clip, 'a clip');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const create = () => Project.create(join(folder, 'projects'), clip, media, '1', () => {});
const open = (path: string) => Project.open(path, () => {});
const filesOf = (project: Project): string[] => [workName, 'masks-0.log', 'masks-0.idx'].map((name) => join(project.folder, name));

/** Edits, and beside them what undo and redo have to give: the states before and behind. */
class Recorded {
  readonly project: Project;
  readonly #made: ReturnType<typeof makeEdits>;
  done: unknown[] = [];
  undone: unknown[] = [];

  constructor(project: Project) {
    this.project = project;
    this.#made = makeEdits(project);
  }

  get edits() {
    return this.#made.edits;
  }

  /** Objects, prompts, marks and masks; prompts alone say which masks are stale. */
  state(): unknown {
    const { objects, ...rest } = this.#made.snapshot();
    return JSON.parse(JSON.stringify({ ...rest, objects: objects.map(({ stale: _, ...object }) => object) }));
  }

  async step(work: () => Promise<unknown>): Promise<void> {
    const before = this.state();
    const label = this.edits.labels.undo;
    const { objects, marks } = this.edits.work;
    await work();
    const { edits } = this;
    if (edits.list === objects && edits.work.marks === marks && edits.labels.undo === label) return;
    this.done.push(before);
    this.undone = [];
  }

  async undo(): Promise<void> {
    if (this.edits.labels.undo === null) return;
    this.undone.push(this.state());
    await this.edits.undo();
    expect(this.state()).toEqual(this.done.pop());
  }

  async redo(): Promise<void> {
    if (this.edits.labels.redo === null) return;
    this.done.push(this.state());
    await this.edits.redo();
    expect(this.state()).toEqual(this.undone.pop());
  }
}

const turns = fc.array(
  fc.oneof({ arbitrary: editSteps.map((all) => all[0]), weight: 4 }, fc.constantFrom('undo' as const, 'redo' as const)),
  {
    maxLength: 20,
  },
);

describe('the history of a project', () => {
  it('is the same after a cut anywhere: undo of everything is the start, redo of everything the end', async () => {
    await fc.assert(
      fc.asyncProperty(turns, fc.double({ min: 0, max: 1, noNaN: true }), async (sequence, cut) => {
        const work = new Recorded(await create());
        const { project } = work;
        project.save({ ...newWork, position: 1 });
        const sizes = () => filesOf(project).map((path) => statSync(path).size);
        const marks = [{ sizes: sizes(), state: work.state(), done: [...work.done], undone: [...work.undone], labels: work.edits.labels }];
        for (const turn of sequence) {
          if (turn === 'undo') await work.undo();
          else if (turn === 'redo') await work.redo();
          else if (turn) await work.step(() => applyStep(work.edits, turn));
          marks.push({ sizes: sizes(), state: work.state(), done: [...work.done], undone: [...work.undone], labels: work.edits.labels });
        }
        // Nothing was made: the folder is gone.
        if (!project.close()) return;
        // The masks of an edit are written before it: a cut in its line leaves them behind.
        const bytes = Math.floor(cut * marks.at(-1)!.sizes[0]!);
        const last = marks.findLast(({ sizes: [workBytes] }) => workBytes! <= bytes) ?? marks[0]!;
        const isBetween = bytes > last.sizes[0]!;
        truncateSync(filesOf(project)[0]!, Math.max(bytes, marks[0]!.sizes[0]!));
        const masks = isBetween ? marks[marks.indexOf(last) + 1]! : last;
        for (const i of [1, 2]) truncateSync(filesOf(project)[i]!, masks.sizes[i]!);

        const again = new Recorded(open(project.folder));
        expect(again.edits.labels).toEqual(last.labels);
        if (!isBetween) expect(again.state()).toEqual(last.state);
        again.done = [...last.done];
        again.undone = [...last.undone];
        if (isBetween) {
          // What is left of the torn edit is a mask; the next undo or redo may not show it, but has to lead where it
          // always did.
          while (again.edits.labels.undo !== null) await again.edits.undo();
          expect(again.edits.list).toEqual([]);
        } else {
          while (again.edits.labels.undo !== null) await again.undo();
          while (again.edits.labels.redo !== null) await again.redo();
          expect([again.done.length, again.undone.length]).toEqual([last.done.length + last.undone.length, 0]);
        }
        again.project.close();
      }),
      { numRuns: 60 },
    );
  });

  it('outlives the mask files being written anew, with the masks of what was deleted', async () => {
    const project = await create();
    const { edits, snapshot } = makeEdits(project);
    const id = edits.addObject();
    await edits.setPoints(id, 0, [{ x: 1, y: 0, label: 1 }], null);
    for (let frame = 1; frame < 4; frame++) project.store.put(frame, result(id, 40 + frame, false));
    await edits.setPoints(id, 0, [{ x: 2, y: 0, label: 1 }], null);
    const before = snapshot();
    await edits.removeObject(id);
    // Masks that nothing needs, more than all others.
    const waste = edits.addObject();
    const big = { ...result(waste, 1, false), counts: '0'.repeat(2 ** 20) };
    for (let i = 0; i < 40; i++) project.store.put(5, big);
    project.close();
    const again = open(project.folder);
    expect(again.file.generation).toBe(1);
    const made = makeEdits(again);
    expect(made.edits.labels).toEqual({ undo: 'Add object', redo: null });
    expect(await made.edits.undo()).toBe('Add object');
    expect(await made.edits.undo()).toBe('Delete object');
    expect(made.snapshot().masks).toEqual(before.masks);
    while ((await made.edits.undo()) !== null);
    expect(made.edits.list).toEqual([]);
    again.close();
    const last = open(project.folder);
    const redone = makeEdits(last);
    for (let i = 0; i < 3; i++) await redone.edits.redo();
    expect(redone.snapshot().masks).toEqual(before.masks);
    last.close();
  });

  it('is dropped when it does not fit the work or the masks any more, and the work stays', async () => {
    const project = await create();
    const { edits } = makeEdits(project);
    const id = edits.addObject('Boat');
    await edits.setPoints(id, 0, [{ x: 1, y: 0, label: 1 }], null);
    project.close();
    truncateSync(filesOf(project)[1]!, 3);
    const again = open(project.folder);
    expect(makeEdits(again).edits.labels).toEqual({ undo: null, redo: null });
    expect(again.kept.objects).toMatchObject([{ name: 'Boat', prompts: [{ frame: 0 }] }]);
    // An app that knows no history renamed it.
    const after = makeEdits(again);
    after.edits.updateObject(id, { color: '#000001' });
    again.save({ ...after.edits.work, objects: after.edits.list.map((object) => ({ ...object, name: 'Ship' })) });
    again.close();
    const last = open(project.folder);
    expect(makeEdits(last).edits.labels.undo).toBeNull();
    expect(last.kept.objects).toMatchObject([{ name: 'Ship', color: '#000001' }]);
    last.close();
  });

  it('is bounded in steps, text and masks', async () => {
    const project = await create();
    const { edits } = makeEdits(project);
    const id = edits.addObject();
    for (let i = 0; i < mostSteps + 20; i++) edits.updateObject(id, { name: `name ${i}` });
    project.close();
    const again = open(project.folder);
    expect(again.history.steps.done).toHaveLength(mostSteps);
    again.history.undo();
    boundHistory(again.history, again.kept, new MaskIndex(), { textBytes: 1000, maskBytes: 0 });
    expect(again.history.steps.done.length).toBeGreaterThan(0);
    expect(again.history.steps.done.length).toBeLessThan(20);
    expect(again.history.labels.undo).toBe('Rename object');
    again.close();
  });
});
