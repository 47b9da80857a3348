/**
 * Measures a model that is not at work: in an engine of its own, so that the open clips keep theirs, and without its
 * weights where they are not installed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { ModelSpeed } from '../../../shared/models.ts';
import { RpcPeer } from '../../common/rpc.ts';
import { bindBlank } from '../../engine/api/models.ts';
import type { EngineInput } from '../../engine/api/protocol.ts';
import type { EnginePeer, SpawnEngine } from '../engine-link/engine-supervisor.ts';
import { engineCheckpoints } from './checkpoints.ts';
import type { CatalogModel } from './model-catalog.ts';
import { measureSpeed, type SpeedFrames, speedOf } from './model-speeds.ts';

export interface ApartOptions {
  spawn: SpawnEngine;
  model: CatalogModel;
  imageSize: number;
  installedDir: string;
  choice: Pick<EngineInput<'loadModel'>, 'provider' | 'threads' | 'precision'>;
  clip: string;
  signal: AbortSignal;
  onFrames: (done: number, total: number) => void;
}

/** Few: a large model on a CPU takes seconds for each. */
const frames: SpeedFrames = { short: 2, long: 12 };

/**
 * @throws AppError `cancelled` when the signal fires, `model-missing` for a size that there is not, and whatever
 *   loading throws
 */
export const measureApart = async (options: ApartOptions): Promise<ModelSpeed> => {
  const { model, imageSize, signal, onFrames } = options;
  const scratch = await mkdtemp(join(tmpdir(), 'sam2-video-speed-'));
  const engine = options.spawn();
  const peer: EnginePeer = new RpcPeer(engine.link);
  const end = (): void => {
    peer.close(new AppError('cancelled', 'The measurement was cancelled.'));
    engine.kill();
  };
  engine.onExit((reason) => peer.close(new AppError('engine-lost', `The measurement stopped (${reason}).`)));
  signal.addEventListener('abort', end, { once: true });
  try {
    signal.throwIfAborted();
    const bundleDir = await usableBundle(options, peer, scratch);
    const loaded = await engineCheckpoints(() => peer).load(bundleDir, options.choice, signal, () => {});
    let onTracked: ((done: number) => void) | null = null;
    peer.on('trackedFrame', ({ done }) => onTracked?.(done));
    const listen = (listener: typeof onTracked): void => {
      onTracked = listener;
    };
    const framesPerSecond = await measureSpeed(peer, options.clip, { signal, onFrames, listen }, frames);
    return speedOf({ imageSize, provider: loaded.provider }, model.id, 1, framesPerSecond);
  } finally {
    signal.removeEventListener('abort', end);
    end();
    await rm(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
};

const usableBundle = async (
  { model, imageSize, installedDir, signal }: ApartOptions,
  peer: EnginePeer,
  scratch: string,
): Promise<string> => {
  try {
    return await engineCheckpoints(() => peer).bundleFor(model, imageSize, installedDir, signal);
  } catch (error) {
    const dir = model.variants.find((variant) => variant.imageSize === imageSize)?.dir;
    if (AppError.from(error).code !== 'model-missing' || dir === undefined) throw error;
    const outDir = join(scratch, 'bundle');
    await bindBlank(dir, outDir, model.modelsRoot, signal);
    return outDir;
  }
};
