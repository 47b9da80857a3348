/**
 * Reads which entries a zip file has and where their data lies, without reading any data. Sizes come from the central
 * directory (PyTorch writes them after the data, so local headers hold zeros); only the data's offset needs the local
 * header. Everything is bounded and checked against the file, since offsets from here go to ONNX Runtime as they are.
 */
import type { FileHandle } from 'node:fs/promises';
import { readRange } from './file-range.ts';
import { damaged, refused, saveAgain, unsupported } from './refusal.ts';

/** One entry; [dataOffset, dataOffset + compressedBytes) lies inside the file and overlaps no other entry. */
export interface ZipEntry {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly dataOffset: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly crc32: number;
}

/** Whether data of an entry have its checksum. 0 is what torch.save writes when told not to compute any. */
export function isIntact(entry: ZipEntry, sum: number): boolean {
  return entry.crc32 === 0 || entry.crc32 === sum;
}

interface CentralEntry extends Omit<ZipEntry, 'dataOffset'> {
  readonly headerOffset: number;
  readonly rawName: Buffer;
}

interface DirectoryPlace {
  readonly offset: number;
  readonly bytes: number;
  readonly count: number;
}

const endBytes = 22;
const end64Bytes = 56;
const locator64Bytes = 20;
const centralBytes = 46;
const localBytes = 30;
const mostEntries = 20_000;
const mostDirectoryBytes = 8 << 20;
const mostNameBytes = 512;
/** Deflate can't pack better than this; a directory that says so describes something else than its data. */
const mostRatio = 1032;
const max32 = 0xffff_ffff;
const max16 = 0xffff;

/** The entries of a zip file in the order of their data, by name. */
export async function readZipDirectory(file: FileHandle, fileBytes: number): Promise<Map<string, ZipEntry>> {
  const place = await findDirectory(file, fileBytes);
  const directory = await readRange(file, place.offset, place.bytes);
  const central = parseDirectory(directory, place.count);
  central.sort((a, b) => a.headerOffset - b.headerOffset);

  const entries = new Map<string, ZipEntry>();
  let freeFrom = 0;
  for (const { rawName, headerOffset, ...entry } of central) {
    if (headerOffset < freeFrom) throw refused(`the zip entry "${entry.name}" overlaps another one`);
    const dataOffset = await findData(file, { headerOffset, rawName, name: entry.name }, place.offset);
    freeFrom = dataOffset + entry.compressedBytes;
    if (freeFrom > place.offset) throw damaged(`the zip entry "${entry.name}" reaches past the end of the data`);
    if (entries.has(entry.name)) throw refused(`the zip entry "${entry.name}" exists twice`);
    entries.set(entry.name, { ...entry, dataOffset });
  }
  return entries;
}

async function findDirectory(file: FileHandle, fileBytes: number): Promise<DirectoryPlace> {
  const tailBytes = Math.min(fileBytes, endBytes + max16 + locator64Bytes + end64Bytes);
  const tailOffset = fileBytes - tailBytes;
  const tail = await readRange(file, tailOffset, tailBytes);
  for (let at = tailBytes - endBytes; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== 0x06054b50 || at + endBytes + tail.readUInt16LE(at + 20) !== tailBytes) continue;
    return checkPlace(await readEnd(file, tail, at, tailOffset), tailOffset + at);
  }
  throw damaged('the end of the zip archive is missing, as after an interrupted download');
}

async function readEnd(file: FileHandle, tail: Buffer, at: number, tailOffset: number): Promise<DirectoryPlace> {
  const isOneDisk = tail.readUInt16LE(at + 4) === 0 && tail.readUInt16LE(at + 6) === 0;
  const count = tail.readUInt16LE(at + 10);
  const bytes = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  const is64 = count === max16 || bytes === max32 || offset === max32;
  if (!is64) {
    if (!isOneDisk || tail.readUInt16LE(at + 8) !== count) throw unsupported('it is one part of a split archive', saveAgain);
    return { offset, bytes, count };
  }

  const locator = at - locator64Bytes;
  if (locator < 0 || tail.readUInt32LE(locator) !== 0x07064b50) throw damaged('the zip64 locator is missing');
  const recordOffset = safeNumber(tail.readBigUInt64LE(locator + 8));
  if (recordOffset + end64Bytes > tailOffset + locator) throw damaged('the zip64 directory record lies outside the file');
  const record = await readRange(file, recordOffset, end64Bytes);
  if (record.readUInt32LE(0) !== 0x06064b50) throw damaged('the zip64 directory record is missing');
  return {
    count: safeNumber(record.readBigUInt64LE(32)),
    bytes: safeNumber(record.readBigUInt64LE(40)),
    offset: safeNumber(record.readBigUInt64LE(48)),
  };
}

function checkPlace(place: DirectoryPlace, endOffset: number): DirectoryPlace {
  const { offset, bytes, count } = place;
  if (count > mostEntries) throw refused(`its zip directory announces ${count} entries`);
  if (bytes > mostDirectoryBytes) throw refused(`its zip directory is ${bytes} bytes long`);
  if (offset + bytes > endOffset) throw damaged('the zip directory lies outside the file');
  if (bytes < count * centralBytes) throw damaged('the zip directory is too short for its entries');
  return place;
}

function parseDirectory(directory: Buffer, count: number): CentralEntry[] {
  const entries: CentralEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + centralBytes > directory.length || directory.readUInt32LE(at) !== 0x02014b50) throw damaged('the zip directory is broken');
    const nameBytes = directory.readUInt16LE(at + 28);
    const extraBytes = directory.readUInt16LE(at + 30);
    const next = at + centralBytes + nameBytes + extraBytes + directory.readUInt16LE(at + 32);
    if (next > directory.length) throw damaged('the zip directory is broken');
    entries.push(parseEntry(directory, at, nameBytes, extraBytes));
    at = next;
  }
  if (at !== directory.length) throw damaged('the zip directory holds more than its entries');
  return entries;
}

function parseEntry(directory: Buffer, at: number, nameBytes: number, extraBytes: number): CentralEntry {
  const rawName = directory.subarray(at + centralBytes, at + centralBytes + nameBytes);
  const extra = directory.subarray(at + centralBytes + nameBytes, at + centralBytes + nameBytes + extraBytes);
  const name = decodeName(rawName);
  const flags = directory.readUInt16LE(at + 8);
  const methodNumber = directory.readUInt16LE(at + 10);
  const sizes = readSizes(directory, at, extra);

  if ((flags & 0b10_0000_0100_0001) !== 0) throw unsupported(`the zip entry "${name}" is encrypted`, saveAgain);
  if (methodNumber !== 0 && methodNumber !== 8) {
    throw unsupported(`the zip entry "${name}" is compressed by method ${methodNumber}`, saveAgain);
  }
  const method = methodNumber === 0 ? 'stored' : 'deflated';
  if (method === 'stored' && sizes.bytes !== sizes.compressedBytes)
    throw damaged(`the sizes of the zip entry "${name}" contradict each other`);
  if (sizes.bytes > sizes.compressedBytes * mostRatio) throw refused(`the zip entry "${name}" announces an impossible size`);
  return { name, rawName, method, crc32: directory.readUInt32LE(at + 16), ...sizes };
}

/** Sizes and offset; each that is 0xffffffff stands in the zip64 field instead, in this order. */
function readSizes(directory: Buffer, at: number, extra: Buffer) {
  const wide = findZip64(extra);
  let used = 0;
  const take = (narrow: number): number => {
    if (narrow !== max32) return narrow;
    if (wide === null || used + 8 > wide.length) throw damaged('a zip64 size is missing');
    used += 8;
    return safeNumber(wide.readBigUInt64LE(used - 8));
  };
  const bytes = take(directory.readUInt32LE(at + 24));
  const compressedBytes = take(directory.readUInt32LE(at + 20));
  const headerOffset = take(directory.readUInt32LE(at + 42));
  return { bytes, compressedBytes, headerOffset };
}

function findZip64(extra: Buffer): Buffer | null {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1 && at + 4 + length <= extra.length) return extra.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return null;
}

async function findData(
  file: FileHandle,
  entry: { headerOffset: number; rawName: Buffer; name: string },
  dataEnd: number,
): Promise<number> {
  const headBytes = localBytes + entry.rawName.length;
  if (entry.headerOffset + headBytes > dataEnd) throw damaged(`the zip entry "${entry.name}" lies outside the data`);
  const head = await readRange(file, entry.headerOffset, headBytes);
  const isHeader = head.readUInt32LE(0) === 0x04034b50 && head.readUInt16LE(26) === entry.rawName.length;
  if (!isHeader || !head.subarray(localBytes).equals(entry.rawName)) {
    throw damaged(`the zip entry "${entry.name}" is not where the directory says`);
  }
  return entry.headerOffset + headBytes + head.readUInt16LE(28);
}

function decodeName(raw: Buffer): string {
  if (raw.length === 0 || raw.length > mostNameBytes) throw refused(`a zip entry has a name of ${raw.length} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    throw damaged('a zip entry has a name that is not UTF-8');
  }
}

function safeNumber(value: bigint): number {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw damaged('a zip64 number is larger than any file');
}
