/**
 * Another model on its way: what is shown of it, and that giving it up leaves the former one at work with the user's
 * masks.
 */
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { EngineModel } from '../../engine/api/protocol.ts';
import type { LoadWatch } from '../base/model-user.ts';
import { Operations } from '../base/operations.ts';
import { scriptedEngine } from '../testing/scripted-engine.ts';
import { smallModel } from '../testing/small-clip.ts';
import { ActiveModel } from './active-model.ts';
import { ModelSwitch } from './model-switch.ts';

const modelsDir = resolve('models');
const other = resolve('models/nano/bundle');

const model = (name: string): EngineModel => smallModel(16, name);

/** @param onLoad what the engine does with the other model; @param adopt what the clip does when it is there */
const setUp = async (onLoad: (cancelled: Promise<void>) => Promise<EngineModel>, adopt = async (_: LoadWatch): Promise<void> => {}) => {
  const calls: string[] = [];
  const peer = scriptedEngine(() => ({
    bundleFor: async () => '/former',
    loadModel: async ({ bundleDir }, signal) => {
      calls.push(bundleDir === other ? 'load other' : 'load former');
      const cancelled = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      return bundleDir === other ? onLoad(cancelled) : model('Former');
    },
  }));
  const active = new ActiveModel({
    modelsDir,
    installedDir: '/installed',
    model: 'nano',
    precision: () => 'fast',
    notify: () => {},
    onChange: () => {},
  });
  await active.load(peer);
  calls.length = 0;
  const sessions = {
    hasResults: false,
    adoptModel: (_: EngineModel, watch: LoadWatch) => adopt(watch),
    readoptModel: async () => void calls.push('masks stay'),
  };
  const told: string[] = [];
  const failed: AppError[] = [];
  const operations = new Operations(
    () => {},
    (error) => failed.push(error),
  );
  const switching = new ModelSwitch(
    { active, settingsPath: '/nowhere/models.json', remembers: false },
    {
      peer: () => peer,
      precision: () => 'fast',
      sessions: () => sessions,
      isWorking: () => operations.list.some(({ state }) => state === 'running'),
      operate: (kind, ...work) => operations.run(kind, ...work),
      spawnEngine: () => {
        throw new Error('no other engine is started here');
      },
      onEngine: (state, message) => told.push(message ?? state),
      onChange: () => {},
      notify: () => {},
    },
  );
  /** Whatever runs is ended, as by the user. */
  const giveUp = (): void => operations.cancel(operations.list[0]!.id);
  const use = (): Promise<string> =>
    switching.to(other, 'Other').then(
      () => 'done',
      (error: unknown) => AppError.from(error).code,
    );
  return { active, operations, calls, told, failed, giveUp, use };
};

it('is named while it is loaded, and counted by the prompts that it is given', async () => {
  const seen: unknown[] = [];
  const { active, operations, calls, told, use } = await setUp(
    async () => model('Other'),
    async ({ onProgress }) => {
      seen.push(operations.list.map(({ kind, title, done, total }) => [kind, title, done, total]));
      onProgress(2, 8);
      seen.push(operations.list.map(({ done, total }) => [done, total]));
    },
  );
  expect(await use()).toBe('done');
  expect(seen).toEqual([[['model', 'Other', 0, 0]], [[2, 8]]]);
  expect([active.view?.name, calls, operations.list]).toEqual(['Other', ['load other'], []]);
  expect(told).toEqual(['Loading Other…', 'ready']);
});

it('given up while its files are checked leaves the former one as it is', async () => {
  const { active, calls, told, failed, giveUp, use } = await setUp(async (cancelled) => {
    giveUp();
    await cancelled;
    throw new AppError('cancelled', 'Checking the model was cancelled.');
  });
  expect(await use()).toBe('cancelled');
  expect([active.view?.name, active.engineModel?.name, active.isSwitching]).toEqual(['Former', 'Former', false]);
  expect(calls).toEqual(['load other']);
  expect(told).toEqual(['Loading Other…', 'Returning to Former…', 'ready']);
  expect(failed).toEqual([]);
});

it('given up when the engine has it already is replaced by the former one, and masks are not made anew', async () => {
  const { active, calls, giveUp, use } = await setUp(async () => {
    giveUp();
    return model('Other');
  });
  expect(await use()).toBe('cancelled');
  expect([active.view?.name, active.engineModel?.name]).toEqual(['Former', 'Former']);
  expect(calls).toEqual(['load other', 'load former', 'masks stay']);
});

it('given up while it is given the prompts is replaced by the former one', async () => {
  const { active, calls, giveUp, use } = await setUp(
    async () => model('Other'),
    async ({ signal }) => {
      giveUp();
      signal.throwIfAborted();
    },
  );
  expect(await use()).toBe('cancelled');
  expect([active.view?.name, calls]).toEqual(['Former', ['load other', 'load former', 'masks stay']]);
  expect(await use()).toBe('cancelled');
});

it('one that can not be used says why, and the former one is loaded again', async () => {
  const { active, calls, use } = await setUp(async () => {
    throw new AppError('model-corrupt', 'It is damaged.');
  });
  expect(await use()).toBe('model-corrupt');
  expect([active.view?.name, calls]).toEqual(['Former', ['load other', 'load former', 'masks stay']]);
});
