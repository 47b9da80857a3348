/** What a search found becomes objects of the clip: one step, named, the user's once they touch it. */
import { describe, expect, it } from 'vitest';
import type { Found } from '../../../shared/discovery.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';
import { runningSession } from '../testing/running-session.ts';
import { smallClip, smallModel } from '../testing/small-clip.ts';
import { type FoundObject, keepFound, renameFound } from './found-objects.ts';

const size = 4;
const result = (objectId: number): EngineResult => ({
  ...{ objectId, counts: '08', box: [0, 0, 2, 2], area: 4, predictedIou: 0.8, objectLogit: 3, prompted: false },
  overlay: { objectId, width: size, height: size, scale: 1, predictedIou: 0.8, objectLogit: 3, logits: new Int8Array(size * size).fill(1) },
});
const thing = (label: string | null, from: number, to: number): FoundObject => {
  const found: Found = { label, source: 'detector', score: 0.8, isAuto: true };
  return { found, results: Array.from({ length: to - from + 1 }, (_, i) => ({ frame: from + i, result: result(7) })) };
};
const open = () => runningSession(smallClip({ width: size, height: size, frameCount: 20 }), smallModel(size));

describe('found objects', () => {
  it('are named by class, hold their masks and begin with the mask of their first frame', async () => {
    const { session, end } = await open();
    const ids = await session.edits.addFound([thing('car', 2, 6), thing('car', 4, 9), thing(null, 0, 3)]);
    const found = session.objects.filter(({ id }) => ids.includes(id));
    expect(found.map(({ name, results, stale }) => ({ name, results, stale }))).toEqual([
      { name: 'car 1', results: [[2, 6]], stale: false },
      { name: 'car 2', results: [[4, 9]], stale: false },
      { name: 'object 1', results: [[0, 3]], stale: false },
    ]);
    expect(found[0]!.prompts).toMatchObject([{ frame: 2, points: [], box: null, mask: { size: [size, size], counts: '08' } }]);
    expect(session.store.get(ids[0]!, 2)?.prompted).toBe(true);
    expect(session.store.get(ids[0]!, 3)?.prompted).toBe(false);
    await end();
  });

  it('are one step of undo, and come back with their masks', async () => {
    const { session, end } = await open();
    const before = session.objects.length;
    const [first] = await session.edits.addFound([thing('car', 2, 6), thing('dog', 4, 9)]);
    expect(await session.edits.undo()).toBe('Find objects');
    expect(session.objects).toHaveLength(before);
    await session.edits.redo();
    expect(session.objects).toHaveLength(before + 2);
    expect(session.store.ranges(first!)).toEqual([[2, 6]]);
    // Names that are taken are passed over, and no id comes twice.
    const [next] = await session.edits.addFound([thing('car', 0, 1)]);
    expect(session.objects.find(({ id }) => id === next)!.name).toBe('car 2');
    expect(next).toBeGreaterThan(first! + 1);
    await end();
  });

  it("are the user's as soon as they are renamed, protected or prompted, and automatic again after an undo", async () => {
    const { session, end } = await open();
    const [id] = await session.edits.addFound([thing('car', 2, 6)]);
    const isAuto = () => session.objects.find((object) => object.id === id)!.found!.isAuto;
    session.edits.updateObject(id!, { visible: false });
    expect(isAuto()).toBe(true);
    session.edits.updateObject(id!, { name: 'Mine' });
    expect(isAuto()).toBe(false);
    await session.edits.undo();
    expect(isAuto()).toBe(true);
    session.edits.updateObject(id!, { locked: true });
    expect(isAuto()).toBe(false);
    await end();
  });

  it('are kept many at once, as one step', async () => {
    const { session, end } = await open();
    const ids = await session.edits.addFound([thing('car', 2, 6), thing('dog', 4, 9), thing('cat', 1, 3)]);
    const areAuto = () => session.objects.flatMap(({ found }) => found?.isAuto ?? []);
    keepFound(session.edits, ids.slice(0, 2));
    expect(areAuto()).toEqual([false, false, true]);
    expect(session.edits.labels.undo).toBe('Keep objects');
    await session.edits.undo();
    expect(areAuto()).toEqual([true, true, true]);
    expect(() => keepFound(session.edits, [ids[0]!, 999])).toThrow(expect.objectContaining({ code: 'object-unknown' }));
    expect(areAuto()).toEqual([true, true, true]);
    await end();
  });

  it("get one name with numbers, pass over another's name, and are the user's then", async () => {
    const { session, objectId, end } = await open();
    session.edits.updateObject(objectId, { name: 'player 2' });
    const ids = await session.edits.addFound([thing('person', 2, 6), thing('person', 4, 9), thing('dog', 1, 3)]);
    renameFound(session.edits, ids.slice(0, 2), 'player');
    const found = session.objects.filter(({ id }) => ids.includes(id));
    expect(found.map(({ name }) => name)).toEqual(['player 1', 'player 3', 'dog 1']);
    expect(found.map((object) => object.found!.isAuto)).toEqual([false, false, true]);
    expect(await session.edits.undo()).toBe('Rename objects');
    await end();
  });

  it('that come by themselves are no steps: undo and redo of what the user did leave them there', async () => {
    const { session, objectId, end } = await open();
    session.edits.updateObject(objectId, { name: 'Mine' });
    const label = session.edits.labels.undo;
    const [came] = session.edits.addAutomatic([thing('car', 2, 6)]);
    expect(session.edits.labels.undo).toBe(label);
    const names = () => session.objects.map(({ name }) => name);
    expect(await session.edits.undo()).toBe('Rename object');
    expect(names()).toEqual(['Object 1', 'car 1']);
    await session.edits.redo();
    expect(names()).toEqual(['Mine', 'car 1']);
    // What the user does to one is a step like any other.
    await session.edits.removeObject(came!.id);
    expect(names()).toEqual(['Mine']);
    await session.edits.undo();
    await session.edits.undo();
    expect(names()).toEqual(['Object 1', 'car 1']);
    await end();
  });

  it('need no engine when nothing was found', async () => {
    const { session, end } = await open();
    expect(await session.edits.addFound([])).toEqual([]);
    expect(session.edits.labels.undo).not.toBe('Find objects');
    await end();
  });
});
