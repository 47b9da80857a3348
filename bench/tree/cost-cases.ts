/**
 * The clips and settings that the tree's cost is measured with, in the model alone (cost.ts) and in whole runs
 * (whole-cost.ts).
 */
import { type MemorySettings, memorySettingsSchema } from '../../src/shared/memory-settings.ts';
import { benchOptions } from './open-bench.ts';

export const costOptions = {
  ...benchOptions,
  certain: { type: 'string', default: 'car-shadow' },
  uncertain: { type: 'string', default: 'bmx-trees' },
  /** Under which an object logit is uncertain; 2 is the app's default. */
  logit: { type: 'string', default: '2' },
} as const;

export interface CostCase {
  /** What the clip is there for. */
  kind: string;
  /** The sequence's. */
  name: string;
  settings: MemorySettings;
}

export const onePath = memorySettingsSchema.parse({});
const tree = (change: Partial<MemorySettings>): MemorySettings => memorySettingsSchema.parse({ mode: 'tree', ...change });

/** A model that is never in doubt is made to be: frames whose object logits are all under `logit` are uncertain. */
export const costCases = ({ certain, uncertain, logit }: { certain: string; uncertain: string; logit: string }): CostCase[] => {
  const unsure = Number(logit);
  return [
    { kind: 'certain', name: certain, settings: tree({ variant: 'exact' }) },
    { kind: 'certain', name: certain, settings: tree({}) },
    { kind: `uncertain under ${unsure}`, name: uncertain, settings: tree({ variant: 'exact', uncertaintyLogit: unsure }) },
    { kind: `uncertain under ${unsure}`, name: uncertain, settings: tree({ uncertaintyLogit: unsure }) },
    { kind: 'every frame uncertain', name: uncertain, settings: tree({ variant: 'exact', uncertaintyLogit: 20 }) },
  ];
};
