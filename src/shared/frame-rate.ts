/** Frames a second as an exact fraction: 25, 29.97, 30000/1001. */
import { z } from 'zod';

export const frameRateSchema = z.object({ num: z.number().int().positive(), den: z.number().int().positive() });
export type FrameRate = z.infer<typeof frameRateSchema>;

export const leastRate = 0.1;
export const mostRate = 1000;

/** Clocks count in 32 bits. */
const mostCount = 2 ** 31 - 1;

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/** The fraction nearest to a number whose parts fit into 32 bits. */
const nearest = (value: number): FrameRate => {
  let [h0, k0, h1, k1, rest] = [0, 1, 1, 0, value];
  for (;;) {
    const whole = Math.floor(rest);
    const [h, k] = [whole * h1 + h0, whole * k1 + k0];
    if (h > mostCount || k > mostCount) break;
    [h0, k0, h1, k1] = [h1, k1, h, k];
    if (rest - whole < 1e-9) break;
    rest = 1 / (rest - whole);
  }
  return { num: h1, den: k1 };
};

/** @returns null for what is no rate of {@link leastRate} to {@link mostRate} frames a second */
export const parseFrameRate = (text: string): FrameRate | null => {
  const [, first = '', second = '1'] = /^\s*(\d+(?:\.\d+)?)\s*(?:[/:]\s*(\d+(?:\.\d+)?))?\s*$/.exec(text) ?? [];
  const decimals = Math.max(...[first, second].map((part) => part.split('.')[1]?.length ?? 0));
  const [num, den] = [Math.round(Number(first) * 10 ** decimals), Math.round(Number(second) * 10 ** decimals)];
  if (!(num > 0 && den > 0) || num / den < leastRate || num / den > mostRate) return null;
  if (!Number.isSafeInteger(num) || !Number.isSafeInteger(den)) return nearest(num / den);
  const common = divisor(num, den);
  return num / common > mostCount || den / common > mostCount ? nearest(num / den) : { num: num / common, den: den / common };
};
