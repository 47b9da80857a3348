/**
 * Reading and binding checkpoints: in this process (command line), or in the engine's, so that a window's host stays
 * free.
 */
import { randomUUID } from 'node:crypto';
import type { InstallableModel } from '../../engine/api/installable-model.ts';
import type { CheckedCheckpoint } from '../../engine/api/installed-model.ts';
import { bundleFor, checkCheckpoint, identifyCheckpoint, verifyBundle } from '../../engine/api/models.ts';
import type { EngineInput, EngineModel } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';

export interface Checkpoints {
  /** See engine/model/installed/installed-bundle.ts for these three. */
  check(path: string, model: InstallableModel, requirePublished: boolean, signal: AbortSignal): Promise<CheckedCheckpoint>;
  identify(path: string, models: readonly InstallableModel[]): Promise<string>;
  bundleFor(model: InstallableModel, imageSize: number, installedDir: string, signal: AbortSignal): Promise<string>;
  /** Opens a bundle and compares every file with its manifest. */
  verifyBundle(dir: string): Promise<void>;
}

export const localCheckpoints: Checkpoints = {
  check: (path, model, requirePublished, signal) => checkCheckpoint(path, model, { requirePublished, signal }),
  identify: identifyCheckpoint,
  bundleFor,
  verifyBundle,
};

/** Only what the engine's schema knows; the catalogue's models hold more. */
const plain = ({ id, name, weights, modelsRoot, variants }: InstallableModel): InstallableModel => ({
  id,
  name,
  weights: weights && { file: weights.file, sha256: weights.sha256 },
  modelsRoot,
  variants: variants.map(({ imageSize, dir }) => ({ imageSize, dir })),
});

/** What a running engine does beside that. */
export interface EngineCheckpoints extends Checkpoints {
  /** Replaces the model at work; see engine/server/engine.ts. */
  load(
    bundleDir: string,
    choice: Pick<EngineInput<'loadModel'>, 'provider' | 'threads' | 'precision'>,
    signal: AbortSignal,
    /** Bytes that were checked; 0 of 0 from when on nothing can be counted. */
    onProgress: (done: number, total: number) => void,
  ): Promise<EngineModel>;
}

/** @param peer the running engine; throws `engine-lost` where there is none */
export const engineCheckpoints = (peer: () => EnginePeer): EngineCheckpoints => {
  return {
    check: (path, model, requirePublished, signal) =>
      peer().call('checkCheckpoint', { path, model: plain(model), requirePublished }, { signal }),
    identify: (path, models) => peer().call('identifyCheckpoint', { path, models: models.map(plain) }),
    bundleFor: (model, imageSize, installedDir, signal) =>
      peer().call('bundleFor', { model: plain(model), imageSize, installedDir }, { signal }),
    load: async (bundleDir, choice, signal, onProgress) => {
      const engine = peer();
      const runId = randomUUID();
      const ignore = engine.on('loadProgress', (event) => event.runId === runId && onProgress(event.done, event.total));
      try {
        return await engine.call('loadModel', { runId, bundleDir, ...choice }, { signal });
      } finally {
        ignore();
      }
    },
    verifyBundle: async (dir) => void (await peer().call('verifyBundle', { dir })),
  };
};
