/**
 * What the engine does about models besides running one: reading checkpoints and binding them, off the host's thread.
 */

import type { CheckedCheckpoint } from '../api/installed-model.ts';
import type { EngineInput } from '../api/protocol.ts';
import type { ProviderReport } from '../api/providers.ts';
import { openBundle } from '../model/bundle/bundle.ts';
import { inspectProviders } from '../model/runtime/providers.ts';

type Parse = <M extends 'checkCheckpoint' | 'identifyCheckpoint' | 'bundleFor' | 'verifyBundle'>(
  method: M,
  input: unknown,
) => EngineInput<M>;

/** Reading checkpoints is loaded when it is first needed: a start with the embedded model does without. */
const installed = () => import('../model/installed/installed-bundle.ts');

/** See model/installed-bundle.ts for what each does and throws. */
export const modelMethods = (parse: Parse) => ({
  checkCheckpoint: async (raw: EngineInput<'checkCheckpoint'>, signal: AbortSignal): Promise<CheckedCheckpoint> => {
    const { path, model, requirePublished } = parse('checkCheckpoint', raw);
    return (await installed()).checkCheckpoint(path, model, { requirePublished, signal });
  },

  identifyCheckpoint: async (raw: EngineInput<'identifyCheckpoint'>): Promise<string> => {
    const { path, models } = parse('identifyCheckpoint', raw);
    const { identifyCheckpoint } = await installed();
    return identifyCheckpoint(path, models);
  },

  /** The folder of a model's bundle, made if it is not there. */
  bundleFor: async (raw: EngineInput<'bundleFor'>, signal: AbortSignal): Promise<string> => {
    const { model, imageSize, installedDir } = parse('bundleFor', raw);
    return (await installed()).bundleFor(model, imageSize, installedDir, signal);
  },

  inspectProviders: async (_: EngineInput<'inspectProviders'>): Promise<ProviderReport> => inspectProviders(),

  verifyBundle: async (raw: EngineInput<'verifyBundle'>): Promise<object> => {
    await openBundle(parse('verifyBundle', raw).dir);
    return {};
  },
});
