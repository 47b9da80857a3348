/**
 * `npm run bench:tree [quality|cost|whole-cost|corrections] [-- options]`: what the memory tree, its gates and its
 * review list are worth. See docs/memory-tree.md.
 */
const parts = {
  quality: () => import('./tree/quality.ts'),
  cost: () => import('./tree/cost.ts'),
  'whole-cost': () => import('./tree/whole-cost.ts'),
  corrections: () => import('./tree/corrections.ts'),
};
export type Part = keyof typeof parts;

const isPart = (name: string | undefined): name is Part => name !== undefined && Object.hasOwn(parts, name);

if (!isPart(process.argv[2])) process.argv.splice(2, 0, 'quality');
await parts[process.argv[2] as Part]();
