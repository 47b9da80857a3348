import { expect, it } from 'vitest';
import type { Operation } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';
import { EndedWork } from './ended-work.ts';

const operation = (id: string, kind: Operation['kind'], state: Operation['state']): Operation => ({
  ...{ id, sessionId: null, kind, state, title: '', done: 0, total: 0, framesPerSecond: null, etaMs: null, outputs: [] },
  error: state === 'failed' ? new AppError('disk-full', 'The disk is full. Free some space.').serialize() : null,
});

it('tells once of what took long and has ended, and why what failed did', () => {
  const work = new EndedWork();
  const at = (nowMs: number, ...operations: Operation[]): string[] => work.look({ operations }, nowMs);
  expect(at(0, operation('a', 'track', 'running'), operation('b', 'export', 'running'))).toEqual([]);
  expect(at(9_000, operation('a', 'track', 'running'), operation('b', 'export', 'running'))).toEqual([]);
  expect(at(12_000, operation('a', 'track', 'done'), operation('b', 'export', 'failed'))).toEqual([
    'Tracking is done.',
    'The export stopped. The disk is full. Free some space.',
  ]);
  expect(at(13_000, operation('a', 'track', 'done'), operation('b', 'export', 'failed'))).toEqual([]);
});

it('says nothing of what was short, was cancelled, or nobody waits for', () => {
  const work = new EndedWork();
  const at = (nowMs: number, ...states: [Operation['kind'], Operation['state']][]): string[] =>
    work.look({ operations: states.map(([kind, state], i) => operation(String(i), kind, state)) }, nowMs);
  expect(at(0, ['track', 'running'], ['measure', 'running'])).toEqual([]);
  expect(at(5_000, ['track', 'done'], ['measure', 'running'], ['import', 'running'])).toEqual([]);
  expect(at(60_000, ['track', 'done'], ['measure', 'done'], ['import', 'cancelled'])).toEqual([]);
});
