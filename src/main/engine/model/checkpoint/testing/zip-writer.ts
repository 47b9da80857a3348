/**
 * Writes zip files as PyTorch does (stored, data 64-byte aligned by the local extra field), and broken ones on request.
 */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  name: string;
  data: Buffer;
  deflate?: boolean;
  /** Lies in the directory, for tests. */
  claim?: Partial<{
    bytes: number;
    compressedBytes: number;
    crc32: number;
    offset: number;
    method: number;
    flags: number;
    localName: string;
  }>;
}

export interface ZipOptions {
  zip64?: boolean;
  /** What the end record says instead of the number of entries. */
  claimCount?: number;
}

export function writeZip(members: readonly ZipMember[], options: ZipOptions = {}): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let position = 0;
  const append = (...buffers: Buffer[]) => {
    parts.push(...buffers);
    for (const buffer of buffers) position += buffer.length;
  };
  for (const member of members) {
    const stored = member.deflate ? deflateRawSync(member.data) : member.data;
    const offset = position;
    const localName = Buffer.from(member.claim?.localName ?? member.name);
    append(localHeader(member, localName, offset), stored, Buffer.alloc(16));
    central.push(centralHeader(member, { offset, packedBytes: stored.length, zip64: options.zip64 ?? false }));
  }
  const directory = { offset: position, bytes: central.reduce((total, entry) => total + entry.length, 0) };
  append(...central);
  append(...endRecords(directory, options.claimCount ?? members.length, options.zip64 ?? false));
  return Buffer.concat(parts);
}

function localHeader(member: ZipMember, name: Buffer, offset: number): Buffer {
  const headBytes = 30 + name.length;
  const padding = (64 - ((offset + headBytes) % 64)) % 64;
  const header = Buffer.alloc(headBytes + padding);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(0x808, 6);
  header.writeUInt16LE(member.deflate ? 8 : 0, 8);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(padding, 28);
  name.copy(header, 30);
  return header;
}

function centralHeader(member: ZipMember, { offset, packedBytes, zip64 }: { offset: number; packedBytes: number; zip64: boolean }): Buffer {
  const name = Buffer.from(member.name);
  const claim = member.claim ?? {};
  const extra = Buffer.alloc(zip64 ? 28 : 0);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(claim.flags ?? 0x808, 8);
  header.writeUInt16LE(claim.method ?? (member.deflate ? 8 : 0), 10);
  header.writeUInt32LE(claim.crc32 ?? crc32(member.data), 16);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  const numbers = [claim.bytes ?? member.data.length, claim.compressedBytes ?? packedBytes, claim.offset ?? offset] as const;
  for (const [index, at] of [24, 20, 42].entries()) header.writeUInt32LE(zip64 ? 0xffff_ffff : numbers[index]! % 2 ** 32, at);
  if (zip64) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    for (const [index, value] of numbers.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + index * 8);
  }
  return Buffer.concat([header, name, extra]);
}

function endRecords(directory: { offset: number; bytes: number }, count: number, zip64: boolean): Buffer[] {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : count, 8);
  end.writeUInt16LE(zip64 ? 0xffff : count, 10);
  end.writeUInt32LE(zip64 ? 0xffff_ffff : directory.bytes, 12);
  end.writeUInt32LE(zip64 ? 0xffff_ffff : directory.offset, 16);
  if (!zip64) return [end];

  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  for (const at of [24, 32]) record.writeBigUInt64LE(BigInt(count), at);
  record.writeBigUInt64LE(BigInt(directory.bytes), 40);
  record.writeBigUInt64LE(BigInt(directory.offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(directory.offset + directory.bytes), 8);
  locator.writeUInt32LE(1, 16);
  return [record, locator, end];
}
