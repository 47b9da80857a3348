/**
 * What the memories of a project's objects told, frame by frame, beside its masks: the events and doubts that the tree panel, the review
 * queue and results.json go by. One checked line of JSON per tracked frame, appended; a kill can tear only the last one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { AppError } from '../../../shared/errors.ts';
import { treeEventSchema } from '../../../shared/memory-tree.ts';
import type { TreeEntry, TreeLog } from '../tree-store.ts';
import { AppendFile, type WriteSync } from './append-file.ts';

const count = z.number().int().nonnegative();
const lineSchema = z.object({
  frame: count,
  objects: z.array(count),
  events: z.array(treeEventSchema).default([]),
  /** Object, frame, doubt. */
  doubts: z.array(z.tuple([count, count, z.number()])).default([]),
  amended: count.default(0),
});

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

const encode = ({ frame, objectIds, events, uncertainty, amendedFrames }: TreeEntry): Buffer => {
  const json = JSON.stringify({
    frame,
    objects: objectIds,
    ...(events.length > 0 && { events }),
    ...(uncertainty.length > 0 && {
      doubts: uncertainty.map(({ objectId, frame: of, uncertainty: doubt }) => [objectId, of, Math.round(doubt * 1e4) / 1e4]),
    }),
    ...(amendedFrames > 0 && { amended: amendedFrames }),
  });
  return Buffer.from(`${checksum(json)} ${json}\n`);
};

const decode = (line: string): TreeEntry | null => {
  const json = line.slice(9);
  if (line.slice(0, 8) !== checksum(json)) return null;
  try {
    const { frame, objects, events, doubts, amended } = lineSchema.parse(JSON.parse(json));
    const uncertainty = doubts.map(([objectId, of, doubt]) => ({ objectId, frame: of, uncertainty: doubt }));
    return { frame, objectIds: objects, events, uncertainty, amendedFrames: amended };
  } catch {
    return null;
  }
};

export class MemoryLog implements TreeLog {
  readonly #file: AppendFile;
  #read: Buffer;

  constructor(folder: string, onError: (error: AppError | null) => void, write?: WriteSync) {
    const path = join(folder, 'memory.log');
    this.#read = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    this.#file = new AppendFile(path, onError, write);
    // A torn end, so that the next line begins on one of its own.
    const whole = this.#read.lastIndexOf(10) + 1;
    if (whole < this.#read.length) this.#file.truncate(whole);
  }

  append(entry: TreeEntry): void {
    this.#file.append(encode(entry));
  }

  /** Once: what the file held when it was opened. Lines that are damaged are passed over, since each stands for itself. */
  *read(): Generator<TreeEntry> {
    const data = this.#read;
    this.#read = Buffer.alloc(0);
    for (let from = 0, end = data.indexOf(10); end >= 0; from = end + 1, end = data.indexOf(10, from)) {
      const entry = decode(data.toString('utf8', from, end));
      if (entry) yield entry;
    }
  }

  close(): void {
    this.#file.close();
  }
}
