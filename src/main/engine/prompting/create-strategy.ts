/** The strategy that settings ask for. */
import type { DiscoverySettings } from '../../../shared/discovery.ts';
import { DetectorStrategy } from './detector-strategy.ts';
import { GridMask } from './grid-mask.ts';
import { GridStrategy } from './grid-strategy.ts';
import { HybridStrategy } from './hybrid-strategy.ts';
import { MotionStrategy } from './motion-strategy.ts';
import type { PromptStrategy } from './prompt-strategy.ts';

/** A detector's boxes are few and good: they come before the grid, however small the budget. */
const detectorFirst = 8;

/** @param remembers see {@link GridStrategy} */
export const createStrategy = (settings: DiscoverySettings, remembers = true): PromptStrategy => {
  const { strategy, classes, density, motionThreshold, weights } = settings;
  const detector = new DetectorStrategy(classes, remembers);
  // Whoever asks for classes wants nothing without a name.
  if (classes) return detector;
  const grid = new GridStrategy(density, remembers);
  const motion = new MotionStrategy(motionThreshold);
  switch (strategy) {
    case 'grid':
      return grid;
    case 'motion':
      // Silent while the camera moves: the grid then has the whole budget.
      return new HybridStrategy([
        { strategy: motion, weight: 3 },
        { strategy: grid, weight: 1 },
      ]);
    case 'detector':
      return new HybridStrategy([
        { strategy: detector, weight: detectorFirst },
        { strategy: grid, weight: 1 },
      ]);
    case 'hybrid':
      return new HybridStrategy([
        { strategy: detector, weight: weights.detector },
        { strategy: motion, weight: weights.motion },
        { strategy: grid, weight: weights.grid },
      ]);
  }
};

/** Whether a strategy wants a detector to run. */
export const wantsDetector = ({ strategy, classes, weights }: DiscoverySettings): boolean =>
  classes !== null || strategy === 'detector' || (strategy === 'hybrid' && weights.detector > 0);

/** Where objects are wanted, on the logit grid; null: everywhere. @param source size in px */
export const regionOf = (
  { include, exclude }: Pick<DiscoverySettings, 'include' | 'exclude'>,
  size: number,
  source: { width: number; height: number },
): GridMask | null => {
  if (include.length === 0 && exclude.length === 0) return null;
  return GridMask.of(size, (cell) => {
    const x = (((cell % size) + 0.5) / size) * source.width;
    const y = ((Math.floor(cell / size) + 0.5) / size) * source.height;
    const isIn = (box: DiscoverySettings['include'][number]): boolean =>
      x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
    return (include.length === 0 || include.some(isIn)) && !exclude.some(isIn);
  });
};

/** Shares of the picture that a mask may have. */
export const sizeLimits = ({ minArea }: Pick<DiscoverySettings, 'minArea'>) => ({ least: minArea / (1280 * 720), most: 0.6 });
