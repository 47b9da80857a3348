import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isOtherProcess, ProcessLock } from './process-lock.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-video-test-'));
  path = join(folder, '.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

const taken = (...options: Parameters<typeof ProcessLock.take>[1][]): ProcessLock => {
  const lock = ProcessLock.take(path, ...options);
  if (!(lock instanceof ProcessLock)) throw new Error(`held by ${lock.pid}`);
  return lock;
};
const goneProcess = (): number => spawnSync(process.execPath, ['-e', '']).pid;

it('is held until it is released, by this process too', () => {
  const lock = taken();
  expect(ProcessLock.take(path)).toEqual({ pid: process.pid });
  lock.release();
  expect(existsSync(path)).toBe(false);
  taken().release();
});

it('may be taken twice where that is allowed; the first holder then releases nothing', () => {
  const first = taken();
  const second = taken({ isReentrant: true });
  first.release();
  expect(existsSync(path)).toBe(true);
  second.release();
  expect(existsSync(path)).toBe(false);
});

it.each([
  ['a process that is gone', () => `${goneProcess()} x`],
  ['a former version, of a process that is gone', () => String(goneProcess())],
  ['a process before this one with its number, as in a container', () => `${process.pid} x`],
  ['nobody that can be told', () => 'rubbish'],
])('is taken over from %s', (_, content) => {
  writeFileSync(path, content());
  const lock = taken();
  expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  lock.release();
});

it('stays with a process that runs, until it has not been touched for long', () => {
  writeFileSync(path, `${process.ppid} x`);
  expect(isOtherProcess(process.ppid)).toBe(true);
  expect(ProcessLock.take(path, { staleAfterMs: 60_000 })).toEqual({ pid: process.ppid });
  const longAgo = Date.now() / 1000 - 120;
  utimesSync(path, longAgo, longAgo);
  expect(ProcessLock.take(path)).toEqual({ pid: process.ppid });
  taken({ staleAfterMs: 60_000 }).release();
});

it('fails where the folder can not be written', () => {
  expect(() => ProcessLock.take(join(folder, 'none', '.lock'))).toThrow('ENOENT');
});
