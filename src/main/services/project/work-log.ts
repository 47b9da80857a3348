/**
 * The log of edits: one line of JSON for each change, with a checksum, holding only what changed. Reading stops at the first line
 * that is torn or damaged: what came before it is whole.
 */
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { framePromptSchema } from '../../../shared/prompts.ts';
import { marksSchema } from '../../../shared/session-state.ts';
import type { ObjectRecord } from '../object-list.ts';
import { type KeptWork, newWork } from '../session-edits.ts';

const objectRecordSchema: z.ZodType<ObjectRecord> = z.object({
  id: z.number().int().positive(),
  name: z.string(),
  color: z.string(),
  visible: z.boolean(),
  solo: z.boolean(),
  locked: z.boolean(),
  track: z.number().int().positive(),
  prompts: z.array(framePromptSchema),
});

const entrySchema = z.object({
  /** Objects that are new or differ. */
  objects: z.array(objectRecordSchema).optional(),
  /** Ids of all objects in their order, when it differs. */
  order: z.array(z.number().int().positive()).optional(),
  marks: marksSchema.optional(),
  position: z.number().int().nonnegative().optional(),
  trackedWith: z.record(z.string(), z.string()).optional(),
  nextId: z.number().int().optional(),
  nextTrack: z.number().int().optional(),
});
type Entry = z.infer<typeof entrySchema>;

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

/** A line, or null when nothing differs. */
export const encodeChange = (before: KeptWork, after: KeptWork): Buffer | null => {
  const entry: Entry = {};
  if (before.objects !== after.objects) {
    const former = new Set(before.objects);
    const objects = after.objects.filter((object) => !former.has(object));
    if (objects.length > 0) entry.objects = objects;
    entry.order = after.objects.map(({ id }) => id);
  }
  if (before.marks !== after.marks) entry.marks = after.marks;
  if (before.position !== after.position) entry.position = after.position;
  if (before.trackedWith !== after.trackedWith) entry.trackedWith = after.trackedWith;
  if (before.nextId !== after.nextId) entry.nextId = after.nextId;
  if (before.nextTrack !== after.nextTrack) entry.nextTrack = after.nextTrack;
  if (Object.keys(entry).length === 0) return null;
  const json = JSON.stringify(entry);
  return Buffer.from(`${checksum(json)} ${json}\n`);
};

const applyEntry = (work: KeptWork, { objects = [], order, ...rest }: Entry): KeptWork => {
  const byId = new Map([...work.objects, ...objects].map((object) => [object.id, object]));
  const ids = order ?? work.objects.map(({ id }) => id);
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { ...work, ...given, objects: ids.flatMap((id) => byId.get(id) ?? []) };
};

const parseEntry = (json: string): Entry | null => {
  try {
    return entrySchema.parse(JSON.parse(json));
  } catch {
    return null;
  }
};

/** @returns the work, and how many bytes of the log are whole */
export const readWorkLog = (data: Buffer): { work: KeptWork; bytes: number } => {
  let work = newWork;
  let bytes = 0;
  for (;;) {
    const end = data.indexOf(10, bytes);
    if (end < 0) break;
    const line = data.toString('utf8', bytes, end);
    const json = line.slice(9);
    if (line.slice(0, 8) !== checksum(json)) break;
    const entry = parseEntry(json);
    if (!entry) break;
    work = applyEntry(work, entry);
    bytes = end + 1;
  }
  return { work, bytes };
};
