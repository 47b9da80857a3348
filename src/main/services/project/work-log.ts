/**
 * The log of edits: one line of JSON for each change, with a checksum, holding only what changed. Reading stops at the
 * first line that is torn or damaged: what came before it is whole. A line that is a step of the user says so, with the
 * masks it exchanged; as the lines around it give the states before and after, the history is read from the same lines
 * as the work, and the two can't disagree.
 */
import { isDeepStrictEqual } from 'node:util';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { foundSchema } from '../../../shared/discovery.ts';
import { framePromptSchema } from '../../../shared/prompts.ts';
import { reviewMarkSchema } from '../../../shared/review.ts';
import { marksSchema } from '../../../shared/session-state.ts';
import { type MaskRow, rowFlags } from '../results/mask-index.ts';
import { type KeptWork, type MaskChange, newWork, WorkHistory, type WorkState, type WorkStep } from '../session/kept-work.ts';
import { type ObjectList, type ObjectRecord, promptOn } from '../session/object-list.ts';

/** An object as it is written; `track` is its mask key. */
const writtenObjectSchema = z.object({
  id: z.number().int().positive(),
  name: z.string(),
  color: z.string(),
  visible: z.boolean(),
  solo: z.boolean(),
  locked: z.boolean(),
  found: foundSchema.optional(),
  track: z.number().int().positive(),
  prompts: z.array(framePromptSchema).readonly(),
});
type WrittenObject = z.infer<typeof writtenObjectSchema>;

const writtenObject = ({ maskKey, ...rest }: ObjectRecord): WrittenObject => ({ ...rest, track: maskKey });
const readObject = ({ track, prompts, ...rest }: WrittenObject): ObjectRecord => ({ ...rest, maskKey: track, prompts });

const count = z.number().int().nonnegative();
/** offset, length, predictedIou, object logit, flags as in {@link rowFlags}; null = no mask */
const rowSchema = z.tuple([count, count, z.number(), z.number(), count]).nullable();
const stepSchema = z.object({
  kind: z.enum(['do', 'undo', 'redo']),
  /** Shown in the menu; of a step that is done. */
  label: z.string().optional(),
  /** Of the mask files that the rows point into. */
  generation: count,
  /** Object, frame, the mask before the step and after it. */
  changes: z.array(z.tuple([count, count, rowSchema, rowSchema])),
});

const entrySchema = z.object({
  /** Objects that are new or differ. */
  objects: z.array(writtenObjectSchema).optional(),
  /** Ids of all objects in their order, when it differs. */
  order: z.array(z.number().int().positive()).optional(),
  marks: marksSchema.optional(),
  position: count.optional(),
  trackedWith: z.record(z.string(), z.string()).optional(),
  reviewed: z.array(reviewMarkSchema).optional(),
  nextId: z.number().int().optional(),
  /** The next mask key. */
  nextTrack: z.number().int().optional(),
  step: stepSchema.optional(),
});
type Entry = z.infer<typeof entrySchema>;

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

const packRow = (row: MaskRow | null): z.infer<typeof rowSchema> =>
  row && [
    row.offset,
    row.length,
    row.predictedIou,
    row.objectLogit,
    rowFlags.set | (row.prompted ? rowFlags.prompted : 0) | (row.present ? rowFlags.present : 0),
  ];

const unpackRow = (packed: z.infer<typeof rowSchema>): MaskRow | null => {
  if (!packed) return null;
  const [offset, length, predictedIou, objectLogit, flags] = packed;
  return {
    offset,
    length,
    predictedIou,
    objectLogit,
    prompted: (flags & rowFlags.prompted) !== 0,
    present: (flags & rowFlags.present) !== 0,
  };
};

/**
 * A line, or null when nothing differs.
 * @param generation of the mask files that the step's masks are in
 */
export const encodeChange = (before: KeptWork, after: KeptWork, step: WorkStep | null = null, generation = 0): Buffer | null => {
  const entry: Entry = {};
  if (before.objects !== after.objects) {
    const former = new Set(before.objects);
    const objects = after.objects.filter((object) => !former.has(object));
    if (objects.length > 0) entry.objects = objects.map(writtenObject);
    entry.order = after.objects.map(({ id }) => id);
  }
  if (before.marks !== after.marks) entry.marks = after.marks;
  if (before.position !== after.position) entry.position = after.position;
  if (before.trackedWith !== after.trackedWith) entry.trackedWith = after.trackedWith;
  if (before.reviewed !== after.reviewed) entry.reviewed = [...after.reviewed];
  if (before.nextId !== after.nextId) entry.nextId = after.nextId;
  if (before.nextMaskKey !== after.nextMaskKey) entry.nextTrack = after.nextMaskKey;
  if (step) {
    entry.step = {
      kind: step.kind,
      ...(step.kind === 'do' && { label: step.label }),
      generation,
      changes: step.changes.map(({ key, before: was, after: is }) => [key.objectId, key.frame, packRow(was), packRow(is)]),
    };
  }
  if (Object.keys(entry).length === 0) return null;
  const json = JSON.stringify(entry);
  return Buffer.from(`${checksum(json)} ${json}\n`);
};

/** Work and its history as the lines that give them again. */
export const encodeWork = (work: KeptWork, history: WorkHistory, generation: number): Buffer => {
  const { done, undone } = history.steps;
  const steps = [...undone, ...done].reverse();
  const lines: (Buffer | null)[] = [];
  let last = newWork;
  const add = ({ objects, marks }: WorkState, step: WorkStep | null): void => {
    const next = { ...work, objects, marks };
    lines.push(encodeChange(last, next, step, generation));
    last = next;
  };
  add(steps[0]?.before ?? work, null);
  for (const { label, after, changes } of steps) add(after, { kind: 'do', label, changes });
  for (const { before, changes } of undone) add(before, { kind: 'undo', changes });
  return Buffer.concat(lines.filter((line) => line !== null));
};

/**
 * An object read anew, with the prompts that it shares with its former state: who compares states sees that they are
 * the same.
 */
const sharing = (object: ObjectRecord, former: ObjectRecord | undefined): ObjectRecord => {
  if (!former) return object;
  const prompts = object.prompts.map((prompt) => {
    const there = promptOn(former, prompt.frame);
    return there && isDeepStrictEqual(there, prompt) ? there : prompt;
  });
  const isSame = prompts.length === former.prompts.length && prompts.every((prompt, i) => prompt === former.prompts[i]);
  return { ...object, prompts: isSame ? former.prompts : prompts };
};

const applyEntry = (work: KeptWork, { objects = [], order, nextTrack, step: _, ...rest }: Entry): KeptWork => {
  const changed = given({ ...rest, nextMaskKey: nextTrack });
  if (objects.length === 0 && order === undefined) return { ...work, ...changed };
  const byId = new Map(work.objects.map((object) => [object.id, object]));
  for (const object of objects) byId.set(object.id, sharing(readObject(object), byId.get(object.id)));
  const ids = order ?? work.objects.map(({ id }) => id);
  return { ...work, ...changed, objects: ids.flatMap((id) => byId.get(id) ?? []) };
};

const given = (values: object) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const parseEntry = (json: string): Entry | null => {
  try {
    return entrySchema.parse(JSON.parse(json));
  } catch {
    return null;
  }
};

const sameIds = (a: ObjectList, b: ObjectList): boolean => a.length === b.length && a.every(({ id }, i) => id === b[i]!.id);
const isSame = (a: WorkState, b: WorkState): boolean => sameIds(a.objects, b.objects) && isDeepStrictEqual(a.marks, b.marks);

/** Whether a mask that a step exchanged is in the mask files. */
export type IsThere = (row: MaskRow, generation: number) => boolean;

/**
 * Takes a line's step into the history; a history that does not fit the work any more is dropped.
 * @returns the state after it: that of the step itself, where it was undone or redone
 */
const applyStep = (history: WorkHistory, before: WorkState, after: WorkState, entry: Entry, isThere: IsThere): WorkState => {
  const { step } = entry;
  // Made by a version without a history, or where one begins.
  if (!step) {
    if (before.objects !== after.objects || before.marks !== after.marks) history.keep(0, 0);
    return after;
  }
  const changes = step.changes.map(
    ([objectId, frame, was, is]): MaskChange => ({ key: { objectId, frame }, before: unpackRow(was), after: unpackRow(is) }),
  );
  const isWhole = changes.every((change) => [change.before, change.after].every((row) => !row || isThere(row, step.generation)));
  if (step.kind === 'do') {
    if (isWhole) history.push({ label: step.label ?? '', before, after, changes });
    else history.keep(0, 0);
    return after;
  }
  const edit = step.kind === 'undo' ? history.undo() : history.redo();
  const target = edit && (step.kind === 'undo' ? edit.before : edit.after);
  if (!edit || !target || !isWhole || !isSame(target, after)) {
    history.keep(0, 0);
    return after;
  }
  edit.changes = changes;
  return target;
};

const stateOf = ({ objects, marks }: KeptWork): WorkState => ({ objects, marks });

/** @returns the work, the steps that led to it, and how many bytes of the log are whole */
export const readWorkLog = (data: Buffer, isThere: IsThere = () => true): { work: KeptWork; history: WorkHistory; bytes: number } => {
  let work = newWork;
  const history = new WorkHistory();
  let bytes = 0;
  for (;;) {
    const end = data.indexOf(10, bytes);
    if (end < 0) break;
    const line = data.toString('utf8', bytes, end);
    const json = line.slice(9);
    if (line.slice(0, 8) !== checksum(json)) break;
    const entry = parseEntry(json);
    if (!entry) break;
    const next = applyEntry(work, entry);
    const { objects, marks } = applyStep(history, stateOf(work), stateOf(next), entry, isThere);
    work = { ...next, objects, marks };
    bytes = end + 1;
  }
  return { work, history, bytes };
};
