/** A frame of a memory tree as the tracker goes about it, for tests of the tree. */
import { policyOf } from '../../../../shared/memory-settings.ts';
import type { Candidate } from '../tree/candidate.ts';
import type { GrownFrame, MemoryTree } from '../tree/memory-tree.ts';

/** SAMURAI's and DAM4SAM's rules look at the masks before it is said what goes on. */
const readsMasks = ({ settings }: MemoryTree): boolean => ['samurai', 'dam4sam'].includes(policyOf(settings));

/**
 * Only the masks of paths that the tree wants are there, and the memories that it is sure of.
 * @param remembers the tree is sure of some
 * @throws where it looks at another mask, or a memory is left to be encoded by itself but of an object that is not
 *   there
 */
export const growAsTracked = (tree: MemoryTree, frame: number, offered: Candidate[][], remembers = !readsMasks(tree)): GrownFrame => {
  const wanted = new Map<number, readonly number[]>();
  const undrawn = offered.map((candidates, path) =>
    candidates.map(({ logits, ...said }, candidate) => ({
      ...said,
      get logits() {
        if (!wanted.has(path)) throw new Error(`path ${path} was not drawn`);
        return logits;
      },
      get maskMemory() {
        return wanted.get(path)?.includes(candidate) ? Float32Array.of(frame) : null;
      },
    })),
  );
  for (const { path, remember } of tree.masksWanted(undrawn)) wanted.set(path, remember);
  const grown = tree.grow(frame, undrawn);
  for (const { output, entry } of grown.kept) {
    const isMade = output.objectLogit > 0 && remembers;
    if ((output.maskMemory !== null) !== isMade)
      throw new Error(`a memory of frame ${frame} was ${isMade ? 'not made' : 'made'} with its mask`);
    if (entry.maskMemory !== output.maskMemory) throw new Error('what is remembered is not what is shown');
  }
  return grown;
};
