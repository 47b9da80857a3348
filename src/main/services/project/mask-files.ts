/**
 * A project's masks on the disk: masks-<n>.log holds the records, masks-<n>.idx one row of 40 bytes for each time a
 * mask was set or removed. Opening reads the rows alone. Nothing is rewritten in place, so a kill can tear only the
 * last row.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { MaskIndex, type MaskRow, rowFlags } from '../results/mask-index.ts';
import type { MaskLog } from '../results/mask-store.ts';
import { AppendFile, type WriteSync } from './append-file.ts';
import type { WriteFailures } from './write-failures.ts';

/**
 * mask key u32, frame u32, offset f64, length u32, predictedIou f32, object logit f32, flags u32, spare u32, check u32
 */
const rowBytes = 40;
const { set: isSet, prompted: isPrompted, present: isPresent } = rowFlags;
const rowsPerRead = 100_000;

/** Cheap enough for millions of rows; tells a torn or blank row from a whole one. */
const checkOf = (view: DataView, at: number): number => {
  let check = 0x9e3779b9;
  for (let i = 0; i < rowBytes - 4; i += 4) check = Math.imul(check ^ view.getUint32(at + i, true), 0x85ebca6b) ^ (check >>> 13);
  return check >>> 0;
};

const encodeRow = (maskKey: number, frame: number, row: MaskRow | null): Buffer => {
  const data = Buffer.alloc(rowBytes);
  const view = new DataView(data.buffer, data.byteOffset, rowBytes);
  view.setUint32(0, maskKey, true);
  view.setUint32(4, frame, true);
  if (row) {
    view.setFloat64(8, row.offset, true);
    view.setUint32(16, row.length, true);
    view.setFloat32(20, row.predictedIou, true);
    view.setFloat32(24, row.objectLogit, true);
    view.setUint32(28, isSet | (row.prompted ? isPrompted : 0) | (row.present ? isPresent : 0), true);
  }
  view.setUint32(36, checkOf(view, 0), true);
  return data;
};

export class MaskFiles implements MaskLog {
  readonly rowIndex: MaskIndex;
  readonly #log: AppendFile;
  readonly #rows: AppendFile;

  constructor(folder: string, generation: number, failures: WriteFailures, write?: WriteSync) {
    const { logPath, rowsPath } = maskPaths(folder, generation);
    this.#log = new AppendFile(logPath, failures, { write });
    this.#rows = new AppendFile(rowsPath, failures, { write });
    const { index, whole } = readRows(rowsPath, this.#log.size);
    this.rowIndex = index;
    if (whole < this.#rows.size) this.#rows.truncate(whole);
  }

  append(data: Buffer): number {
    return this.#log.append(data);
  }

  read(offset: number, length: number): Buffer {
    return this.#log.read(offset, length);
  }

  index(maskKey: number, frame: number, row: MaskRow | null): void {
    this.#rows.append(encodeRow(maskKey, frame, row));
  }

  batch(work: () => void): void {
    this.#log.hold();
    this.#rows.hold();
    try {
      work();
    } finally {
      // Records before the rows that point to them.
      this.#log.release();
      this.#rows.release();
    }
  }

  /** Whether a record lies within the file. */
  holds({ offset, length }: MaskRow): boolean {
    return offset + length <= this.#log.size;
  }

  /** Bytes of both files. */
  get size(): number {
    return this.#log.size + this.#rows.size;
  }

  close(): void {
    this.#log.close();
    this.#rows.close();
  }
}

export const maskPaths = (folder: string, generation: number): { logPath: string; rowsPath: string } => ({
  logPath: join(folder, `masks-${generation}.log`),
  rowsPath: join(folder, `masks-${generation}.idx`),
});

/** @param logBytes rows that point past the log's end count as none */
const readRows = (path: string, logBytes: number): { index: MaskIndex; whole: number } => {
  const index = new MaskIndex();
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const chunk = Buffer.alloc(Math.min(size, rowsPerRead * rowBytes));
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
    let whole = 0;
    while (whole + rowBytes <= size) {
      const count = readSync(fd, chunk, 0, chunk.length, whole);
      const rows = Math.floor(count / rowBytes);
      if (rows === 0) break;
      for (let i = 0; i < rows; i++) {
        const at = i * rowBytes;
        if (view.getUint32(at + 36, true) !== checkOf(view, at)) return { index, whole: whole + at };
        const flags = view.getUint32(at + 28, true);
        const offset = view.getFloat64(at + 8, true);
        const length = view.getUint32(at + 16, true);
        const isThere = (flags & isSet) !== 0 && offset + length <= logBytes;
        const maskKey = view.getUint32(at, true);
        const frame = view.getUint32(at + 4, true);
        if (isThere) index.setRow(maskKey, frame, offset, length, view.getFloat32(at + 20, true), view.getFloat32(at + 24, true), flags);
        else index.set(maskKey, frame, null);
      }
      whole += rows * rowBytes;
    }
    return { index, whole };
  } finally {
    closeSync(fd);
  }
};

/**
 * Copies what is in use to the next generation.
 * @param rows masks that no frame has at present, but are wanted
 * @returns by the former place of such a row, its new one
 */
export const compactMasks = (
  from: MaskFiles,
  to: MaskFiles,
  maskKeys: Iterable<number>,
  rows: readonly MaskRow[] = [],
): Map<number, number> => {
  const moved = new Map<number, number | null>(rows.map(({ offset }) => [offset, null]));
  const copy = ({ offset, length }: MaskRow): number => {
    const place = moved.get(offset) ?? to.append(from.read(offset, length));
    if (moved.has(offset)) moved.set(offset, place);
    return place;
  };
  for (const maskKey of maskKeys) {
    for (const [first, last] of from.rowIndex.ranges(maskKey)) {
      for (let frame = first; frame <= last; frame++) {
        const row = from.rowIndex.get(maskKey, frame)!;
        const next = { ...row, offset: copy(row) };
        to.rowIndex.set(maskKey, frame, next);
        to.index(maskKey, frame, next);
      }
    }
  }
  return new Map(rows.map((row) => [row.offset, copy(row)]));
};

/** Bytes of the records that mask keys in use point to. */
export const usedBytes = (index: MaskIndex, maskKeys: Iterable<number>): number => {
  let used = 0;
  for (const maskKey of maskKeys) {
    const { masks, bytes } = index.measure(maskKey, 0, Number.POSITIVE_INFINITY);
    used += bytes + masks * rowBytes;
  }
  return used;
};
