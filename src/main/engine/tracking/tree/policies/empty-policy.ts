/** The strategies by name. */
import type { MemoryPolicyName } from '../../../../../shared/memory-settings.ts';
import type { TrackerConstants } from '../../constants.ts';
import { Dam4SamPolicy } from './dam4sam.ts';
import type { MemoryPolicy } from './memory-policy.ts';
import { PlainPolicy } from './plain.ts';
import { Sam2LongPolicy } from './sam2long.ts';
import { SamuraiPolicy } from './samurai.ts';

/** The policy of a path without any frame, for the root of a tree. */
export const emptyPolicy = (name: MemoryPolicyName, constants: TrackerConstants, memoryQuality: number): MemoryPolicy => {
  if (name === 'sam2long') return new Sam2LongPolicy(constants, memoryQuality);
  if (name === 'samurai') return new SamuraiPolicy(constants);
  if (name === 'dam4sam') return new Dam4SamPolicy(constants);
  return new PlainPolicy(constants);
};
