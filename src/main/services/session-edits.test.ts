/** Undo and redo of everything: any sequence of edits, all undone, is the start; all redone, the end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineResult } from '../engine/protocol.ts';
import type { EnginePeer } from './engine-host.ts';
import { MaskStore } from './mask-store.ts';
import { newWork, SessionEdits } from './session-edits.ts';
import { TreeStore } from './tree-store.ts';

const media = { width: 4, height: 2, frameCount: 6 };

const result = (objectId: number, value: number, prompted: boolean): EngineResult => ({
  objectId,
  // Eight pixels, one set; which one tells masks apart.
  counts: String.fromCharCode(48 + (value % 7), 49, 48 + 7 - (value % 7)),
  box: [0, 0, 1, 1],
  area: 1,
  score: value / 100,
  objectLogit: 3,
  prompted,
  overlay: { objectId, width: 2, height: 1, scale: 1, score: 0.5, objectLogit: 3, logits: Int8Array.of(value, -value) },
});

const setUp = () => {
  let calls = 0;
  /** Prompts as the engine knows them, "<object>:<frame>". */
  const known = new Set<string>();
  const peer = {
    call: async (method: string, input: { objectId: number; frame: number }) => {
      const key = `${input.objectId}:${input.frame}`;
      if (method === 'removeObject') {
        for (const other of [...known]) if (other.startsWith(`${input.objectId}:`)) known.delete(other);
      } else if (method === 'clearPrompts') known.delete(key);
      else {
        known.add(key);
        calls++;
        return result(input.objectId, calls % 90, true);
      }
      return {};
    },
  } as unknown as EnginePeer;
  const store = new MaskStore();
  const edits = new SessionEdits(
    {
      sessionId: 's',
      media,
      store,
      trees: new TreeStore(),
      engine: () => peer,
      logitSize: () => 2,
      onFrame: () => {},
      onChange: () => {},
      onWork: () => {},
    },
    newWork,
  );
  const snapshot = () => ({
    objects: edits.view.map(({ laneRevision: _, ...object }) => object),
    masks: edits.list.map(({ id }) => store.frames(id).map((frame) => [frame, store.get(id, frame)])),
  });
  const inEngine = () => [...known].sort();
  const prompts = () => edits.list.flatMap(({ id, prompts }) => prompts.map(({ frame }) => `${id}:${frame}`)).sort();
  return { edits, store, snapshot, inEngine, prompts };
};

type Step = { kind: number; object: number; frame: number; value: number };

const apply = async (edits: SessionEdits, { kind, object, frame, value }: Step): Promise<void> => {
  const ids = edits.list.map(({ id }) => id);
  const id = ids[object % Math.max(1, ids.length)];
  if (kind === 0 || id === undefined) edits.addObject();
  else if (kind === 1) await edits.setPoints(id, frame, [{ x: value % 4, y: 0, label: 1 }], null);
  else if (kind === 2) await edits.setPoints(id, frame, [], { x: 0, y: 0, width: 1 + (value % 3), height: 1 });
  else if (kind === 3) await edits.setMask(id, frame, { size: [2, 4], counts: '44' });
  else if (kind === 4) await edits.clearPrompts(id, frame);
  else if (kind === 5) edits.updateObject(id, { name: `name ${value}` });
  else if (kind === 6) edits.updateObject(id, { visible: value % 2 === 0, solo: value % 3 === 0 });
  else if (kind === 7) edits.reorder([...ids.slice(1), ids[0]!]);
  else if (kind === 8) await edits.removeObject(id);
  else if (kind === 9 && ids.length > 1) await edits.merge([ids[(object + 1) % ids.length]!], id);
  else if (kind === 10) edits.updateObject(id, { color: `#0000${10 + (value % 80)}` });
};

const steps = fc.array(fc.record({ kind: fc.nat(10), object: fc.nat(3), frame: fc.nat(5), value: fc.nat(80) }), { maxLength: 25 });

describe('undo and redo', () => {
  it('of any sequence give the start and the end again, in the list, the masks and the engine', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const { edits, snapshot, inEngine, prompts } = setUp();
        const start = snapshot();
        for (const step of sequence) await apply(edits, step);
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
    const { edits, store } = setUp();
    const id = edits.addObject();
    await edits.setPoints(id, 0, [{ x: 1, y: 0, label: 1 }], null);
    for (let frame = 0; frame < 4; frame++) store.put(frame, result(id, 40 + frame, frame === 0));
    edits.settle(edits.list);
    await edits.setPoints(id, 2, [{ x: 2, y: 0, label: 1 }], null);
    expect(edits.view[0]!.stale).toBe(true);
    await edits.undo();
    expect(edits.view[0]!.stale).toBe(false);
    expect(store.get(id, 2)!.score).toBe(0.42);
    await edits.undo();
    expect(store.frames(id)).toEqual([1, 2, 3]);
    await edits.undo();
    expect(edits.view).toEqual([]);
    for (let step = 0; step < 3; step++) await edits.redo();
    expect(store.frames(id)).toEqual([0, 1, 2, 3]);
  });

  it('name the steps, and a new one ends redo', async () => {
    const { edits } = setUp();
    const id = edits.addObject();
    edits.updateObject(id, { locked: true });
    expect(edits.labels).toEqual({ undo: 'Lock object', redo: null });
    await expect(edits.setPoints(id, 0, [{ x: 1, y: 0, label: 1 }], null)).rejects.toMatchObject({ code: 'object-locked' });
    await expect(edits.removeObject(id)).rejects.toMatchObject({ code: 'object-locked' });
    await edits.undo();
    expect(edits.labels).toEqual({ undo: 'Add object', redo: 'Lock object' });
    edits.addObject();
    expect(edits.labels.redo).toBeNull();
  });
});

describe('merge', () => {
  it('is the union on every frame, and leaves other objects alone', async () => {
    const { edits, store } = setUp();
    const [a, b, other] = [edits.addObject(), edits.addObject(), edits.addObject()];
    await edits.setPoints(a, 0, [{ x: 0, y: 0, label: 1 }], null);
    await edits.setPoints(b, 0, [{ x: 1, y: 0, label: 1 }], null);
    store.put(3, result(b, 5, false));
    store.put(3, result(other, 6, false));
    await edits.merge([b], a);
    expect(edits.list.map(({ id }) => id)).toEqual([a, other]);
    expect(store.get(a, 0)!.area).toBe(2);
    expect(store.get(a, 3)!.area).toBe(1);
    expect(store.get(other, 3)!.score).toBe(0.06);
    expect(edits.view[0]!.prompts[0]!.mask).not.toBeNull();
  });
});
