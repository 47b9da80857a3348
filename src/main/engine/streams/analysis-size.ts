/**
 * The size at which a stream is worked on: a height of the user's choice, the width that goes with it, both even as
 * 4:2:0 needs them, never larger than the source. Boxes and points go back to source px exactly as they came.
 */

import type { AnalysisHeight } from '../../../shared/streams.ts';

interface Size {
  width: number;
  height: number;
}

const even = (value: number): number => Math.max(2, Math.round(value / 2) * 2);

/** @param source upright, square pixels, px */
export const analysisSize = (source: Size, height: AnalysisHeight): Size => {
  const scale = Math.min(1, height / source.height);
  return { width: even(source.width * scale), height: even(source.height * scale) };
};

/** Centres of px lie at x + 0.5 in both sizes, so an edge at 0 or at the full width stays there. */
export const toSource = ({ x, y }: { x: number; y: number }, source: Size, analysed: Size): { x: number; y: number } => ({
  x: (x * source.width) / analysed.width,
  y: (y * source.height) / analysed.height,
});

export const toAnalysed = ({ x, y }: { x: number; y: number }, source: Size, analysed: Size): { x: number; y: number } =>
  toSource({ x, y }, analysed, source);
