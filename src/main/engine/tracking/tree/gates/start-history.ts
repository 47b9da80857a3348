/** The strategies by name. */
import type { MemoryGateName } from '../../../../../shared/memory-settings.ts';
import type { TrackerConstants } from '../../constants.ts';
import { Dam4SamHistory } from './dam4sam.ts';
import { UngatedHistory } from './none.ts';
import type { PathHistory } from './path-history.ts';
import { Sam2LongHistory } from './sam2long.ts';
import { SamuraiHistory } from './samurai.ts';

/** The empty history of a gate, for the root of a tree. */
export const startHistory = (gate: MemoryGateName, constants: TrackerConstants, memoryQuality: number): PathHistory => {
  if (gate === 'sam2long') return new Sam2LongHistory(constants, memoryQuality);
  if (gate === 'samurai') return new SamuraiHistory(constants);
  if (gate === 'dam4sam') return new Dam4SamHistory(constants);
  return new UngatedHistory(constants);
};
