/** Where the work for several objects (paths of a tree among them), or for several memories, is done. */
import type { RunGraph } from '../../../../shared/manifest.ts';
import type { Provider } from '../../api/providers.ts';
import type { Work } from './object-work.ts';

/** As one batch; one object after the other; or each by whichever of the two threads is free. */
export type Placement = 'batch' | 'one by one' | 'both threads';

export interface Means {
  provider: Provider;
  /** Its kernels are too short for several threads, and several objects fit into a core's cache. */
  isSmall: boolean;
  hasHelper: boolean;
  has(graph: RunGraph): boolean;
}

/**
 * On the CPU the objects of a small model run one by one: as a batch they would push each other out of a core's cache,
 * and the helper thread can take some of them.
 */
const objectPlacement = ({ provider, isSmall, hasHelper }: Means): Placement => {
  if (provider !== 'cpu' || !isSmall) return 'batch';
  return hasHelper ? 'both threads' : 'one by one';
};

/**
 * The attention scores of one memory of nano (0.9 MB) stay in a core's cache: ten memories take 12 ms one after the
 * other, 16 as a batch. Those of one object of SAM 2.1 at 512 px are 37 MB, and five objects as a batch take a tenth
 * longer. A small model whose attention has no reader begins with the image each time, so it does that once, for a
 * batch.
 */
const attentionPlacement = (means: Means): Placement => {
  if (means.provider === 'cpu' && !means.isSmall) return 'one by one';
  return means.has('memoryReader') ? objectPlacement(means) : 'batch';
};

const attends: ReadonlySet<Work> = new Set<Work>(['memoryReader', 'memoryAttention', 'attendAndDecode']);

export const placementOf = (work: Work, means: Means): Placement =>
  attends.has(work) ? attentionPlacement(means) : objectPlacement(means);

/**
 * Objects that this thread does in any case: what the helper takes has to be sent to it, and meanwhile it encodes an
 * image.
 */
const keptHere: Partial<Record<Work, number>> = { memoryReader: 16, attendAndDecode: 2 };

export interface Shares {
  /** Of several objects, so many of the first are this thread's. */
  kept: number;
  /** The helper does no more than half of them: it has an image to encode when they are done. */
  mostOfHelper: number;
}

export const sharesOf = (work: Work, count: number): Shares => ({ kept: keptHere[work] ?? 1, mostOfHelper: count >> 1 });
