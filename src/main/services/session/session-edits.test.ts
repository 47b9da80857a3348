/** Undo and redo of everything: any sequence of edits, all undone, is the start; all redone, the end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyStep, editSteps, makeEdits, result } from '../testing/random-edits.ts';

describe('undo and redo', () => {
  it('of any sequence give the start and the end again, in the list, the masks and the engine', async () => {
    await fc.assert(
      fc.asyncProperty(editSteps, async (sequence) => {
        const { edits, snapshot, inEngine, prompts } = makeEdits();
        const start = snapshot();
        for (const step of sequence) await applyStep(edits, step);
        const end = snapshot();
        while ((await edits.undo()) !== null);
        expect(snapshot()).toEqual(start);
        expect(inEngine()).toEqual([]);
        while ((await edits.redo()) !== null);
        expect(snapshot()).toEqual(end);
        expect(inEngine()).toEqual(prompts());
      }),
      { numRuns: 60 },
    );
  });

  it('never lose a mask that tracking made, and tell when it may not fit any more', async () => {
    const { edits, store } = makeEdits();
    const id = edits.addObject();
    await edits.setPoints(id, 0, [{ x: 1, y: 0, label: 1 }], null);
    for (let frame = 0; frame < 4; frame++) store.put(frame, result(id, 40 + frame, frame === 0));
    edits.settle(edits.list);
    await edits.setPoints(id, 2, [{ x: 2, y: 0, label: 1 }], null);
    expect(edits.view[0]!.stale).toBe(true);
    await edits.undo();
    expect(edits.view[0]!.stale).toBe(false);
    expect(store.get(id, 2)!.predictedIou).toBe(0.42);
    await edits.undo();
    expect(store.frames(id)).toEqual([1, 2, 3]);
    await edits.undo();
    expect(edits.view).toEqual([]);
    for (let step = 0; step < 3; step++) await edits.redo();
    expect(store.frames(id)).toEqual([0, 1, 2, 3]);
  });

  it('name the steps, and a new one ends redo', async () => {
    const { edits } = makeEdits();
    const id = edits.addObject();
    edits.updateObject(id, { locked: true });
    expect(edits.labels).toEqual({ undo: 'Protect object', redo: null });
    await expect(edits.setPoints(id, 0, [{ x: 1, y: 0, label: 1 }], null)).rejects.toMatchObject({ code: 'object-locked' });
    await expect(edits.removeObject(id)).rejects.toMatchObject({ code: 'object-locked' });
    await edits.undo();
    expect(edits.labels).toEqual({ undo: 'Add object', redo: 'Protect object' });
    edits.addObject();
    expect(edits.labels.redo).toBeNull();
  });

  it('take marks back like everything else, in the order in which it was done', async () => {
    const { edits } = makeEdits();
    edits.setMarks({ in: 1 });
    const id = edits.addObject();
    edits.setMarks({ out: 4 });
    expect([edits.work.marks, edits.labels.undo]).toEqual([{ in: 1, out: 4 }, 'Set out mark']);
    // What is there already is no step, and ends no redo.
    edits.setMarks({ in: 1, out: 4 });
    expect(await edits.undo()).toBe('Set out mark');
    edits.setMarks({ out: null });
    expect(edits.labels).toEqual({ undo: 'Add object', redo: 'Set out mark' });
    expect(await edits.undo()).toBe('Add object');
    expect([edits.work.marks, edits.list]).toEqual([{ in: 1, out: null }, []]);
    expect(await edits.undo()).toBe('Set in mark');
    expect(edits.work.marks).toEqual({ in: null, out: null });
    while ((await edits.redo()) !== null);
    expect([edits.work.marks, edits.list.map((object) => object.id)]).toEqual([{ in: 1, out: 4 }, [id]]);
    edits.setMarks({ in: null, out: null });
    expect(await edits.undo()).toBe('Clear marks');
    expect(edits.work.marks).toEqual({ in: 1, out: 4 });
  });

  it('a mark beyond the other takes its place, and comes with it again', async () => {
    const { edits } = makeEdits();
    edits.setMarks({ in: 1, out: 2 });
    expect(edits.labels.undo).toBe('Set marks');
    edits.setMarks({ in: 4 });
    expect([edits.work.marks, edits.labels.undo]).toEqual([{ in: 4, out: null }, 'Set in mark']);
    edits.setMarks({ out: 3 });
    expect([edits.work.marks, edits.labels.undo]).toEqual([{ in: null, out: 3 }, 'Set out mark']);
    expect(() => edits.setMarks({ in: 4, out: 3 })).toThrow('The in mark is after the out mark');
    expect(() => edits.setMarks({ out: 6 })).toThrow();
    await edits.undo();
    await edits.undo();
    expect(edits.work.marks).toEqual({ in: 1, out: 2 });
  });

  it('take what was done to several objects back at once', async () => {
    const { edits } = makeEdits();
    const [a, b, c] = [edits.addObject(), edits.addObject(), edits.addObject()];
    edits.updateObjects([c, a], { visible: false });
    expect(edits.labels.undo).toBe('Hide objects');
    expect(edits.list.map(({ visible }) => visible)).toEqual([false, true, false]);
    await edits.undo();
    expect(edits.list.map(({ visible }) => visible)).toEqual([true, true, true]);
    edits.updateObject(b, { locked: true });
    await expect(edits.removeObjects([a, b])).rejects.toMatchObject({ code: 'object-locked' });
    expect(edits.list).toHaveLength(3);
    await edits.removeObjects([a, c]);
    expect(edits.list.map(({ id }) => id)).toEqual([b]);
    expect(await edits.undo()).toBe('Delete objects');
    expect(edits.list.map(({ id }) => id)).toEqual([a, b, c]);
  });
});

describe('merge', () => {
  it('is the union on every frame, and leaves other objects alone', async () => {
    const { edits, store } = makeEdits();
    const [a, b, other] = [edits.addObject(), edits.addObject(), edits.addObject()];
    await edits.setPoints(a, 0, [{ x: 0, y: 0, label: 1 }], null);
    await edits.setPoints(b, 0, [{ x: 1, y: 0, label: 1 }], null);
    store.put(3, result(b, 5, false));
    store.put(3, result(other, 6, false));
    await edits.merge([b], a);
    expect(edits.list.map(({ id }) => id)).toEqual([a, other]);
    expect(store.get(a, 0)!.area).toBe(2);
    expect(store.get(a, 3)!.area).toBe(1);
    expect(store.get(other, 3)!.predictedIou).toBe(0.06);
    expect(edits.view[0]!.prompts[0]!.mask).not.toBeNull();
  });
});
