/**
 * Which frames the filmstrip shows. Tiles are tied to frames, so that scrolling and zooming use the same pictures
 * again.
 */
import type { TimelineRange } from './timeline-view.ts';

export interface Tile {
  /** The frame whose picture it shows, and the first it stands for. */
  frame: number;
  /** The first frame it does not stand for. */
  end: number;
}

/** 1, 2, 3, 4, 6, 8, 12, 16, ...: each at most half as much again as the one before. */
const stepFor = (least: number): number => {
  for (let power = 1; ; power *= 2) {
    if (power >= least) return power;
    if (power > 1 && power * 1.5 >= least) return power * 1.5;
  }
};

/** Tiles over the range in view, each between one and one and a half times `tileWidth` px wide. */
export const filmstripTiles = ({ start, span, frameCount }: TimelineRange, width: number, tileWidth: number): Tile[] => {
  const step = stepFor(Math.max(1, (tileWidth * span) / Math.max(1, width)));
  const tiles: Tile[] = [];
  for (let frame = Math.floor(start / step) * step; frame < start + span && frame < frameCount; frame += step)
    tiles.push({ frame, end: Math.min(frameCount, frame + step) });
  return tiles;
};
