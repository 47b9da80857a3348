/** Whether a better model than the embedded one would do on this machine, and which. */
import type { ModelEntry, ModelsState } from '../../../shared/models.ts';

/** The newest speed of a model with one object, on whatever it ran; null: not measured. */
export const speedHere = ({ speeds }: Pick<ModelsState, 'speeds'>, id: string, imageSize: number): number | null =>
  speeds.find((speed) => speed.id === id && speed.imageSize === imageSize && speed.objects === 1)?.framesPerSecond ?? null;

const embedded = 'nano';
/**
 * On a CPU, where the embedded model is slower than this, frames/s, a better one takes too long to be of use. It takes
 * about eight times as long.
 */
const leastSpeed = 3;

export interface BetterModel {
  entry: ModelEntry;
  imageSize: number;
  /** Of the model at work. */
  ownSpeed: number | null;
}

/** @returns null where the model at work is another than the embedded one, or nothing better would do */
export const betterModel = (models: ModelsState): BetterModel | null => {
  const { active, entries } = models;
  if (active?.id !== embedded) return null;
  const isOnCpu = active.provider === 'cpu';
  const ownSpeed = models.speeds.find(({ id, provider }) => id === embedded && provider === active.provider)?.framesPerSecond ?? null;
  if (isOnCpu && (ownSpeed ?? 0) < leastSpeed) return null;
  const entry = entries.find(({ id }) => id === (isOnCpu ? 'sam2.1-tiny' : 'sam2.1-base-plus'));
  const imageSize = entry && (isOnCpu ? entry.imageSizes[0] : entry.imageSizes.at(-1));
  return entry === undefined || imageSize === undefined ? null : { entry, imageSize, ownSpeed };
};
