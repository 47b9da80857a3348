/** The model a fresh engine is given: it is named and counted while it loads, and no other can be chosen meanwhile. */
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { ModelsState } from '../../../shared/models.ts';
import type { EngineModel } from '../../engine/api/protocol.ts';
import type { Precision } from '../../engine/api/providers.ts';
import { scriptedEngine } from '../testing/scripted-engine.ts';
import { smallModel } from '../testing/small-clip.ts';
import { ActiveModel, type SizeAtStart } from './active-model.ts';
import { ModelSwitch } from './model-switch.ts';

/** @param load what the engine does; `tell` is its event of that load */
const setUp = (
  load: (tell: (done: number, total: number) => void) => Promise<EngineModel>,
  model: string | null = 'nano',
  size?: SizeAtStart,
) => {
  const precisions: Precision[] = [];
  const peer = scriptedEngine((emit) => ({
    bundleFor: async () => '/bundle',
    loadModel: async ({ runId, precision }) => {
      precisions.push(precision);
      void emit('loadProgress', { runId: 'of another load', done: 9, total: 9 });
      return load((done, total) => void emit('loadProgress', { runId, done, total }));
    },
  }));
  const shown: ModelsState['loading'][] = [];
  const setting: { precision: Precision } = { precision: 'full' };
  const warnings: string[] = [];
  const active: ActiveModel = new ActiveModel({
    modelsDir: resolve('models'),
    installedDir: '/installed',
    size,
    precision: () => setting.precision,
    notify: (_, text) => warnings.push(text),
    onChange: () => shown.push(active.loading),
  });
  active.prefer(model);
  return { peer, active, shown, warnings, setting, precisions };
};

it('is named from the start on, counted by the bytes that are checked, and no longer shown when it is there', async () => {
  const { peer, active, shown } = setUp(async (tell) => {
    tell(2, 8);
    tell(0, 0);
    return smallModel(16);
  });
  await active.load(peer);
  const name = 'SAM2 Video nano';
  expect(shown.map((loading) => loading && [loading.name, loading.done, loading.total])).toEqual([
    [name, 0, 0],
    [name, 2, 8],
    [name, 0, 0],
    // Told of the model at work, then that nothing is loaded any more.
    [name, 0, 0],
    null,
  ]);
});

it('one that can not be used is followed by the default, which is shown too; then nothing is', async () => {
  let loads = 0;
  const { peer, active, shown, warnings } = setUp(async () => {
    if (loads++ === 0) throw new AppError('model-corrupt', 'It is damaged.');
    throw new AppError('model-missing', 'It is not there.');
  }, resolve('models/nano/bundle'));
  await expect(active.load(peer)).rejects.toThrow('It is not there.');
  expect(shown.map((loading) => loading?.name ?? null)).toEqual(['bundle', null, 'SAM2 Video nano', null]);
  expect(warnings).toEqual(['It is damaged. The model "nano" is used instead.']);
});

it.each([
  ['a firm size goes before the model chosen last', 'nano', true, ['sam2.1-base-plus', 'sam2.1-small'], 'sam2.1-small'],
  ['a size of a profile gives way to the model chosen last', 'nano', false, ['nano'], null],
  ['without a choice the size of a profile counts', null, false, ['sam2.1-base-plus', 'sam2.1-small'], 'sam2.1-small'],
] as const)('%s, and the next smaller one that is installed is used', async (_, chosen, isFirm, tried, used) => {
  const asked: string[] = [];
  const { active, warnings } = setUp(async () => smallModel(16), chosen, { wanted: 'base', isFirm });
  const installed = scriptedEngine(() => ({
    bundleFor: async ({ model }) => {
      asked.push(model.id);
      if (model.id === 'sam2.1-base-plus') throw new AppError('model-missing', 'It is not installed.');
      return '/bundle';
    },
    loadModel: async () => smallModel(16),
  }));
  await active.load(installed);
  expect(asked).toEqual(tried);
  expect(warnings).toEqual(used === null ? [] : [expect.stringContaining(`"${used}" is used instead`)]);
});

it('is given the precision that is set when it is loaded', async () => {
  const { peer, active, setting, precisions } = setUp(async () => smallModel(16));
  await active.load(peer);
  setting.precision = 'fast';
  await active.load(peer);
  expect(precisions).toEqual(['full', 'fast']);
});

it('another one can not be chosen meanwhile, and the engine is not said to be ready', async () => {
  const loaded = Promise.withResolvers<EngineModel>();
  const begun = Promise.withResolvers<void>();
  const { peer, active } = setUp(() => {
    begun.resolve();
    return loaded.promise;
  });
  const told: string[] = [];
  const switching = new ModelSwitch(
    { active, settingsPath: '/nowhere/models.json', remembers: false },
    {
      peer: () => peer,
      precision: () => 'full',
      sessions: () => ({ hasResults: false, adoptModel: async () => {}, readoptModel: async () => {} }),
      isWorking: () => false,
      operate: async () => {
        throw new Error('Nothing is to be begun.');
      },
      spawnEngine: () => {
        throw new Error('no other engine is started here');
      },
      onEngine: (state) => told.push(state),
      onChange: () => {},
      notify: () => {},
    },
  );
  const loading = active.load(peer);
  await begun.promise;
  await expect(switching.to('sam2.1-tiny', 'Tiny')).rejects.toMatchObject({ code: 'busy' });
  expect(told).toEqual([]);
  loaded.resolve(smallModel(16));
  await loading;
});
