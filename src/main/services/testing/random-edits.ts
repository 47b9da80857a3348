/** Random edits over an engine that answers at once, for tests of what the session makes of them. */
import fc from 'fast-check';
import type { EngineResult } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { MaskStore } from '../results/mask-store.ts';
import { newWork } from '../session/kept-work.ts';
import type { SessionWork } from '../session/session-deps.ts';
import { type EditsDeps, SessionEdits } from '../session/session-edits.ts';

export const media = { width: 4, height: 2, frameCount: 6 };

export const result = (objectId: number, value: number, prompted: boolean): EngineResult => ({
  objectId,
  // Eight pixels, one set; which one tells masks apart.
  counts: String.fromCharCode(48 + (value % 7), 49, 48 + 7 - (value % 7)),
  box: [0, 0, 1, 1],
  area: 1,
  predictedIou: value / 100,
  objectLogit: 3,
  prompted,
  overlay: { objectId, width: 2, height: 1, scale: 1, predictedIou: 0.5, objectLogit: 3, logits: Int8Array.of(value, -value) },
});

/** @param work where it is kept; default: in memory */
export const makeEdits = (work: SessionWork | null = null) => {
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
  const store = work?.store ?? new MaskStore();
  const host: EditsDeps = {
    sessionId: 's',
    media,
    store,
    engine: () => peer,
    isReady: async () => {},
    logitSize: () => 2,
    onFrame: () => {},
    onChange: () => {},
    onWork: (kept, step) => work?.save(kept, step),
  };
  const edits = new SessionEdits(host, work?.kept ?? newWork, work?.history);
  const snapshot = () => ({
    objects: edits.view.map(({ laneRevision: _, ...object }) => object),
    marks: edits.work.marks,
    masks: edits.list.map(({ id }) => store.frames(id).map((frame) => [frame, store.get(id, frame)])),
  });
  const inEngine = () => [...known].sort();
  const prompts = () => edits.list.flatMap(({ id, prompts }) => prompts.map(({ frame }) => `${id}:${frame}`)).sort();
  return { edits, store, snapshot, inEngine, prompts };
};

export type EditStep = { kind: number; object: number; frame: number; value: number };

export const applyStep = async (edits: SessionEdits, { kind, object, frame, value }: EditStep): Promise<void> => {
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
  else if (kind === 11) edits.setMarks(value % 7 === 0 ? { in: null, out: null } : { [value % 2 === 0 ? 'in' : 'out']: frame });
};

export const editSteps = fc.array(fc.record({ kind: fc.nat(11), object: fc.nat(3), frame: fc.nat(5), value: fc.nat(80) }), {
  maxLength: 25,
});
