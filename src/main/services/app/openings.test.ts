import { expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { EngineEvents } from '../../engine/api/protocol.ts';
import { Operations } from '../base/operations.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { Openings } from './openings.ts';

const setUp = () => {
  const told: AppError[] = [];
  const cancelled: string[] = [];
  const operations = new Operations(
    () => {},
    (error) => told.push(error),
  );
  const openings = new Openings(operations, (id) => cancelled.push(id));
  let hear: (event: EngineEvents['openProgress']) => void = () => {};
  openings.attach({
    on: (_: string, listener: typeof hear) => {
      hear = listener;
    },
  } as unknown as EnginePeer);
  return { operations, openings, told, cancelled, hear: (event: EngineEvents['openProgress']) => hear(event) };
};

it('shows how far the listing of a clip is, and what it becomes', async () => {
  const { operations, openings, hear } = setUp();
  const opened = openings.run('/films/three hours.mp4', async (sessionId) => {
    await Promise.resolve();
    hear({ sessionId, done: 25, total: 100 });
    hear({ sessionId: 'another', done: 99, total: 100 });
    expect(operations.list).toMatchObject([{ kind: 'open', title: 'three hours.mp4', state: 'running', done: 25, total: 100 }]);
    return 'a session';
  });
  expect(await opened).toBe('a session');
  await operations.cancelAll();
  expect(operations.list).toEqual([]);
});

it('is cancelled in the engine, and whoever waits is told', async () => {
  const { operations, openings, cancelled, told } = setUp();
  let refuse: (error: AppError) => void = () => {};
  let id = '';
  const opened = openings.run('/films/a.mp4', (sessionId) => {
    id = sessionId;
    return new Promise((_, reject) => {
      refuse = reject;
    });
  });
  operations.cancel(operations.list[0]!.id);
  expect(cancelled).toEqual([id]);
  refuse(new AppError('cancelled', 'The work was cancelled.'));
  await expect(opened).rejects.toMatchObject({ code: 'cancelled' });
  await operations.cancelAll();
  expect(operations.list).toEqual([]);
  expect(told).toEqual([]);
});

it('a failure is told once, to whoever opened it', async () => {
  const { operations, openings, told } = setUp();
  const opened = openings.run('/films/b.mp4', async () => {
    throw new AppError('source-empty', 'It is empty. Copy it again.');
  });
  await expect(opened).rejects.toMatchObject({ code: 'source-empty' });
  await operations.cancelAll();
  expect(operations.list).toEqual([]);
  expect(told).toEqual([]);
});
