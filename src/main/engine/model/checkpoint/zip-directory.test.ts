import { open } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { outcomeOf, TempFolder } from '../../../common/testing/temp-folder.ts';
import { writeZip, type ZipMember, type ZipOptions } from './testing/zip-writer.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

async function readBytes(zip: Buffer): Promise<Map<string, ZipEntry>> {
  await using folder = await TempFolder.create();
  const file = await open(await folder.file('a.zip', zip));
  try {
    return await readZipDirectory(file, zip.length);
  } finally {
    await file.close();
  }
}

const member = (name: string, claim: ZipMember['claim'] = {}): ZipMember => ({ name, data: Buffer.from(`data of ${name}`), claim });
const read = (members: ZipMember[], options?: ZipOptions) => readBytes(writeZip(members, options));

describe('readZipDirectory', () => {
  it.each([false, true])('says where the data lies (zip64 %s)', async (zip64) => {
    const zip = writeZip([member('r/a'), { ...member('r/b'), deflate: true, data: Buffer.alloc(1000) }], { zip64 });
    const entries = await readBytes(zip);
    const a = entries.get('r/a')!;
    expect(zip.toString('latin1', a.dataOffset, a.dataOffset + a.bytes)).toBe('data of r/a');
    expect(a.dataOffset % 64).toBe(0);
    expect(entries.get('r/b')).toMatchObject({ method: 'deflated', bytes: 1000 });
  });

  it('finds the end before a comment', async () => {
    const zip = writeZip([member('r/a')]);
    zip.writeUInt16LE(5, zip.length - 2);
    expect([...(await readBytes(Buffer.concat([zip, Buffer.from('hello')]))).keys()]).toEqual(['r/a']);
  });

  it.each<[string, ZipMember[], ZipOptions, RegExp]>([
    ['two entries of one name', [member('a'), member('a')], {}, /refused.*exists twice/],
    ['overlapping entries', [member('a'), { ...member('b'), claim: { offset: 0, localName: 'b' } }], {}, /refused.*overlaps/],
    ['an entry inside another one', [{ ...member('a'), claim: { bytes: 40, compressedBytes: 40 } }, member('b')], {}, /overlaps/],
    ['an entry past the end', [member('a', { bytes: 5000, compressedBytes: 5000 })], {}, /reaches past/],
    ['an entry that starts past the end', [member('a', { offset: 4_000_000 })], {}, /lies outside/],
    ['an offset between headers', [member('a', { offset: 3 })], {}, /not where the directory says/],
    ['another name in the local header', [member('a', { localName: 'b' })], {}, /not where the directory says/],
    ['a count that is too large', [member('a')], { claimCount: 30_000 }, /30000 entries/],
    ['a count that is too small', [member('a'), member('b')], { claimCount: 1 }, /more than its entries/],
    ['an absurd zip64 count', [member('a')], { zip64: true, claimCount: 2 ** 50 }, /refused/],
    ['an impossible ratio', [{ ...member('a', { bytes: 3e9 }), deflate: true }], {}, /impossible size/],
    ['stored data of two sizes', [member('a', { bytes: 5 })], {}, /contradict/],
    ['encryption', [member('a', { flags: 1 })], {}, /unsupported.*encrypted/],
    ['another compression', [member('a', { method: 93 })], {}, /unsupported.*method 93/],
    ['an empty name', [member('')], {}, /name of 0 bytes/],
    ['a very long name', [member('n'.repeat(600))], {}, /name of 600 bytes/],
  ])('refuses %s', async (_, members, options, reason) => {
    expect(await outcomeOf(() => read(members, options))).toMatch(/^checkpoint-(refused|unsupported): /);
    expect(await outcomeOf(() => read(members, options))).toMatch(reason);
  });

  it('refuses a file that was cut anywhere', async () => {
    const zip = writeZip([member('r/a'), member('r/b')]);
    for (let length = 0; length < zip.length; length++) {
      expect(await outcomeOf(() => readBytes(zip.subarray(0, length)))).toMatch(/^checkpoint-refused: /);
    }
  });
});
