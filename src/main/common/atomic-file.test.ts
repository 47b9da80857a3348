import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile, writeAtomically, writeAtomicallySync, writeJson, writeJsonSync, writeStaged } from './atomic-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-video-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const names = (): string[] => readdirSync(folder);
const text = (path: string): string => readFileSync(path, 'utf8');

describe('an atomic write', () => {
  it('replaces a file whole and leaves nothing beside it', async () => {
    const path = join(folder, 'a.json');
    await writeAtomically(path, 'first');
    await writeAtomically(path, Buffer.from('second'), { isDurable: false });
    expect(text(path)).toBe('second');
    writeAtomicallySync(path, 'third');
    expect(text(path)).toBe('third');
    expect(names()).toEqual(['a.json']);
  });

  it('keeps the former file when it fails half way', async () => {
    const path = join(folder, 'a.json');
    await writeAtomically(path, 'whole');
    const failing = writeStaged(path, async (staged) => {
      await writeFile(staged, 'ha');
      throw new Error('the disk is gone');
    });
    await expect(failing).rejects.toThrow('the disk is gone');
    expect(text(path)).toBe('whole');
    expect(names()).toEqual(['a.json']);
    expect(() => writeAtomicallySync(join(folder, 'none', 'a.json'), 'x')).toThrow('ENOENT');
  });

  it('lets many writers of one file end with what one of them wrote', async () => {
    const path = join(folder, 'a.json');
    const values = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
    await Promise.all(values.map((value) => writeAtomically(path, value)));
    expect(values).toContain(text(path));
    expect(names()).toEqual(['a.json']);
  });

  it('makes the folder of a JSON file, with its permissions', async () => {
    const path = join(folder, 'new', 'deep', 'a.json');
    await writeJson(path, { a: 1 }, { mode: 0o600 });
    expect(JSON.parse(text(path))).toEqual({ a: 1 });
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    writeJsonSync(join(folder, 'other', 'b.json'), [2]);
    expect(JSON.parse(text(join(folder, 'other', 'b.json')))).toEqual([2]);
  });
});

describe('a rename', () => {
  /** Refuses so many times before it does its work. */
  const refusing = (times: number, code: string, platform: NodeJS.Platform) => {
    let attempts = 0;
    const parts = {
      platform,
      rename: async (from: string, to: string) => {
        if (attempts++ < times) throw Object.assign(new Error(code), { code });
        await rename(from, to);
      },
    };
    return { parts, attempts: () => attempts };
  };
  const paths = (): [string, string] => {
    writeFileSync(join(folder, 'from'), 'new');
    writeFileSync(join(folder, 'to'), 'old');
    return [join(folder, 'from'), join(folder, 'to')];
  };

  it.each(['EPERM', 'EBUSY', 'EACCES'])('is tried again on Windows while another program holds the file: %s', async (code) => {
    const [from, to] = paths();
    const { parts, attempts } = refusing(3, code, 'win32');
    await replaceFile(from, to, parts);
    expect(attempts()).toBe(4);
    expect(text(to)).toBe('new');
  });

  it('fails at once elsewhere, and for other reasons', async () => {
    const [from, to] = paths();
    for (const [code, platform] of [
      ['EPERM', 'linux'],
      ['ENOSPC', 'win32'],
    ] as const) {
      const { parts, attempts } = refusing(1, code, platform);
      await expect(replaceFile(from, to, parts)).rejects.toThrow(code);
      expect(attempts()).toBe(1);
    }
    expect(text(to)).toBe('old');
  });
});
