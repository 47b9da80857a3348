/** Which part of a small picture shows an object. Pure. */
import type { Box } from '../../../shared/prompts.ts';

interface Size {
  width: number;
  height: number;
}

/** Room around the object, as a share of its size. */
const margin = 0.3;
/** A part smaller than this share of the picture would be a blur. */
const leastShare = 0.2;

/**
 * @param box in px of `source` @param aspect width to height of what is shown
 * @returns a part of `picture`, in its px
 */
export const cropOf = (box: Box, source: Size, picture: Size, aspect: number): Box => {
  const scale = { x: picture.width / source.width, y: picture.height / source.height };
  const wanted = { width: box.width * scale.x * (1 + margin), height: box.height * scale.y * (1 + margin) };
  const least = Math.min(picture.width, picture.height * aspect) * leastShare;
  const most = Math.min(picture.width, picture.height * aspect);
  const width = Math.min(most, Math.max(least, wanted.width, wanted.height * aspect));
  const height = width / aspect;
  const within = (middle: number, size: number, room: number): number => Math.max(0, Math.min(room - size, middle - size / 2));
  return {
    x: within((box.x + box.width / 2) * scale.x, width, picture.width),
    y: within((box.y + box.height / 2) * scale.y, height, picture.height),
    width,
    height,
  };
};
