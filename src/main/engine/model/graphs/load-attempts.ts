/**
 * In which ways a model's graphs may be opened on this machine, best first, and what is told of the one that worked.
 */

import type { Provider } from '../../api/providers.ts';
import type { GraphPaths } from '../runtime/graph-sessions.ts';
import type { ProviderChoice } from '../runtime/providers.ts';

/** Of what the image encoder multiplies. */
export type EncoderPrecision = 'int8' | 'fp32';

export interface Attempt {
  provider: Provider;
  imageEncoder: string;
  encoderPrecision: EncoderPrecision;
}

/** On the CPU the image encoder in int8, where there is one and speed is wanted, comes before that in fp32. */
export const attemptsOf = ({ imageEncoder, imageEncoderInt8 }: GraphPaths, { order, precision }: ProviderChoice): Attempt[] =>
  order.flatMap((provider): Attempt[] => {
    const full: Attempt = { provider, imageEncoder: imageEncoder!, encoderPrecision: 'fp32' };
    if (provider !== 'cpu' || precision === 'full' || !imageEncoderInt8) return [full];
    return [{ provider, imageEncoder: imageEncoderInt8, encoderPrecision: 'int8' }, full];
  });

export const refusalOf = ({ provider, encoderPrecision }: Attempt, error: unknown): string => {
  const said = error instanceof Error ? error.message : String(error);
  return `${encoderPrecision === 'int8' ? 'int8' : provider} is not usable: ${said.split('\n')[0]}`;
};

/**
 * Why this provider and not a better one, and this image encoder where the model has two.
 * @param refused what was tried before
 */
export const reasonOf = (
  { provider, encoderPrecision }: Attempt,
  refused: readonly string[],
  { imageEncoderInt8 }: GraphPaths,
  { precision }: ProviderChoice,
): string => {
  const reasons = refused.length === 0 ? ['the best one available on this machine'] : [...refused];
  if (provider === 'cpu' && imageEncoderInt8) {
    reasons.push(`images are encoded in ${encoderPrecision}${precision === 'full' ? ', as full precision is chosen' : ''}`);
  }
  return reasons.join('; ');
};
