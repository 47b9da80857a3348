/** How graphs are run for several objects (paths of a tree among them), or for several memories. */
import type { RunGraph } from '../../../../shared/manifest.ts';
import type { Provider } from '../../api/providers.ts';
import type { Work } from './graph-chains.ts';

/** What there is to run them: GraphRunner. */
interface Means {
  readonly hasLane: boolean;
  has(graph: RunGraph): boolean;
}

export type Dealing = 'together' | 'one by one' | 'to whichever lane is free';

/**
 * How several objects are decoded and remembered. On the CPU those of a small model run one by one: together they would
 * push each other out of a core's cache, and a second lane can take some of them.
 */
export const dealingOf = (provider: Provider, isSmall: boolean, runner: Means): Dealing => {
  if (provider !== 'cpu' || !isSmall) return 'together';
  return runner.hasLane ? 'to whichever lane is free' : 'one by one';
};

/**
 * How several objects are attended for. The scores of one memory of nano (0.9 MB) stay in a core's cache: ten memories
 * take 12 ms one after the other, 16 as a batch. Those of one object of SAM 2.1 at 512 px are 37 MB, and five objects
 * together take a tenth longer. Only a small model whose attention begins with the image each time is the better for
 * doing that once.
 */
export const attentionDealing = (provider: Provider, isSmall: boolean, runner: Means): Dealing => {
  if (provider === 'cpu' && !isSmall) return 'one by one';
  return runner.has('memoryReader') ? dealingOf(provider, isSmall, runner) : 'together';
};

/** What the lane may take has to be sent to it, and so long it has the next image to encode. */
const keptHere: Partial<Record<Work, number>> = { memoryReader: 16, attendAndDecode: 2 };

/**
 * How many of several this thread does in any case, and how many the lane does at most: half of them, since it has
 * images to encode when they are done.
 */
export const sharesOf = (work: Work, count: number): { kept: number; most: number } => ({ kept: keptHere[work] ?? 1, most: count >> 1 });
