/** A smaller picture of planes that are at hand, for thumbnails: every n-th pixel. */
import { chromaSize, planesByteLength } from '../../../shared/wire.ts';
import type { EnginePlanes } from '../api/protocol.ts';

/** @returns the picture itself when it is within the bounds or nearly so */
export const shrinkPlanes = (picture: EnginePlanes, maxWidth: number, maxHeight: number): EnginePlanes => {
  const step = Math.floor(Math.max(picture.width / maxWidth, picture.height / maxHeight));
  if (step < 2) return { ...picture, planes: picture.planes.slice() };
  const width = Math.max(1, Math.floor(picture.width / step));
  const height = Math.max(1, Math.floor(picture.height / step));
  const planes = new Uint8Array(planesByteLength(width, height));
  let from = 0;
  let to = 0;
  const sides = (w: number, h: number): [number, number][] => [
    [w, h],
    [chromaSize(w), chromaSize(h)],
    [chromaSize(w), chromaSize(h)],
  ];
  const sources = sides(picture.width, picture.height);
  sides(width, height).forEach(([w, h], plane) => {
    const [sourceWidth, sourceHeight] = sources[plane]!;
    for (let y = 0; y < h; y++) {
      const row = from + Math.min(sourceHeight - 1, y * step) * sourceWidth;
      for (let x = 0; x < w; x++) planes[to++] = picture.planes[row + Math.min(sourceWidth - 1, x * step)]!;
    }
    from += sourceWidth * sourceHeight;
  });
  return { width, height, planes };
};
