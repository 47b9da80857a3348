/**
 * What the memories of a project's objects told, frame by frame, beside its masks: the events and doubts that the tree
 * panel, the review list and results.json go by. One checked line of JSON per tracked frame, appended; a kill can tear
 * only the last one. What later runs have replaced is left behind on opening, when it is most of the file.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { treeCountersSchema, treeEventSchema } from '../../../shared/memory-tree.ts';
import { writeAtomicallySync } from '../../common/atomic-file.ts';
import type { TreeEntry, TreeLog } from '../results/tree-store.ts';
import { AppendFile, type WriteSync } from './append-file.ts';
import { compactEntries } from './compact-memory.ts';
import type { WriteFailures } from './write-failures.ts';

const count = z.number().int().nonnegative();
const lineSchema = z.object({
  frame: count,
  objects: z.array(count),
  events: z.array(treeEventSchema).default([]),
  /** Object, frame, doubt. */
  doubts: z.array(z.tuple([count, count, z.number()])).default([]),
  amended: count.default(0),
  /** Two objects with the same mask, and the IoU of both. */
  overlaps: z.array(z.tuple([count, count, z.number()])).default([]),
  jumps: z.array(count).default([]),
  /** The first frame of a new shot. */
  cut: count.optional(),
  counted: treeCountersSchema.optional(),
});

/** A shorter log costs nobody anything. */
const leastBytes = 2 ** 20;

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

const encode = ({ frame, objectIds, events, uncertainty, amendedFrames, findings, counted }: TreeEntry): Buffer => {
  const json = JSON.stringify({
    frame,
    objects: objectIds,
    ...(events.length > 0 && { events }),
    ...(uncertainty.length > 0 && {
      doubts: uncertainty.map(({ objectId, frame: of, uncertainty: doubt }) => [objectId, of, Math.round(doubt * 1e4) / 1e4]),
    }),
    ...(amendedFrames > 0 && { amended: amendedFrames }),
    ...(findings && findings.overlaps.length > 0 && { overlaps: findings.overlaps }),
    ...(findings && findings.jumps.length > 0 && { jumps: findings.jumps }),
    ...(findings && findings.cut !== null && { cut: findings.cut }),
    ...(counted && { counted }),
  });
  return Buffer.from(`${checksum(json)} ${json}\n`);
};

const decode = (line: string): TreeEntry | null => {
  const json = line.slice(9);
  if (line.slice(0, 8) !== checksum(json)) return null;
  try {
    const { frame, objects, events, doubts, amended, overlaps, jumps, cut, counted } = lineSchema.parse(JSON.parse(json));
    const uncertainty = doubts.map(([objectId, of, doubt]) => ({ objectId, frame: of, uncertainty: doubt }));
    const isFound = overlaps.length > 0 || jumps.length > 0 || cut !== undefined;
    const findings = isFound ? { overlaps, jumps, cut: cut ?? null } : undefined;
    return { frame, objectIds: objects, events, uncertainty, amendedFrames: amended, ...(findings && { findings }), counted };
  } catch {
    return null;
  }
};

/** Lines that are damaged are passed over, since each stands for itself. */
function* entriesOf(data: Buffer): Generator<TreeEntry> {
  for (let from = 0, end = data.indexOf(10); end >= 0; from = end + 1, end = data.indexOf(10, from)) {
    const entry = decode(data.toString('utf8', from, end));
    if (entry) yield entry;
  }
}

/** null where more of it counts than not. */
const compacted = (data: Buffer): Buffer | null => {
  if (data.length < leastBytes) return null;
  const lines = Buffer.concat(compactEntries([...entriesOf(data)]).map(encode));
  return 2 * lines.length < data.length ? lines : null;
};

export class MemoryLog implements TreeLog {
  readonly #file: AppendFile;
  #read: Buffer;

  constructor(folder: string, failures: WriteFailures, write?: WriteSync) {
    const path = join(folder, 'memory.log');
    this.#read = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const lines = compacted(this.#read);
    if (lines) {
      writeAtomicallySync(path, lines);
      this.#read = lines;
    }
    this.#file = new AppendFile(path, failures, { write });
    // A torn end, so that the next line begins on one of its own.
    const whole = this.#read.lastIndexOf(10) + 1;
    if (whole < this.#read.length) this.#file.truncate(whole);
  }

  append(entry: TreeEntry): void {
    this.#file.append(encode(entry));
  }

  /** Once: what the file held when it was opened. */
  read(): Generator<TreeEntry> {
    const data = this.#read;
    this.#read = Buffer.alloc(0);
    return entriesOf(data);
  }

  close(): void {
    this.#file.close();
  }
}
