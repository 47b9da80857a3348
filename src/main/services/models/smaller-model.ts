/** The next smaller model of those that are installed: a smaller image first, then a smaller network. Pure. */
import { type ModelEntry, modelSpec } from '../../../shared/models.ts';

/** From the smallest network to the largest; ids of the catalogue. */
const order = ['nano', 'sam2.1-tiny', 'sam2.1-small', 'sam2.1-base-plus', 'sam2.1-large'];

/** @returns "<id>@<image size>", or null where there is none */
export const smallerThan = (
  active: { id: string; imageSize: number },
  entries: readonly Pick<ModelEntry, 'id' | 'state' | 'imageSizes'>[],
): string | null => {
  const usable = entries.filter(({ state }) => state === 'bundled' || state === 'installed');
  const own = usable.find(({ id }) => id === active.id);
  const smallerImage = own?.imageSizes.filter((size) => size < active.imageSize).at(-1);
  if (own && smallerImage !== undefined) return modelSpec(own.id, smallerImage);
  const below = order.slice(0, Math.max(0, order.indexOf(active.id)));
  const next = below.toReversed().flatMap((id) => usable.find((entry) => entry.id === id) ?? [])[0];
  return next ? modelSpec(next.id, next.imageSizes[0]!) : null;
};
