/** A name on a plate in its object's colour, drawn into a YUV 4:2:0 frame in place. */
import { chromaSize } from '../../../shared/wire.ts';
import type { TextPicture } from './text-pictures.ts';

export interface FrameSize {
  width: number;
  height: number;
}

/** Px around the letters. */
const padding = (text: TextPicture): number => Math.max(2, Math.round(text.height / 6));

/** Top left of the plate of an object: above its box where there is room, else inside; never beyond the picture. */
export const labelPlace = (
  box: { x0: number; y0: number },
  text: TextPicture,
  { width, height }: FrameSize,
): { x: number; y: number; width: number; height: number } => {
  const pad = padding(text);
  const plate = { width: Math.min(width, text.width + 2 * pad), height: Math.min(height, text.height + pad) };
  const x = Math.min(width - plate.width, Math.max(0, box.x0));
  const above = box.y0 - plate.height - 2;
  const y = Math.min(height - plate.height, above >= 0 ? above : Math.max(0, box.y0 + 2));
  return { x, y, ...plate };
};

/**
 * @param planes Y, U, V of `size`, changed in place
 * @param box of the object in px
 * @param yuv colour of the plate; the letters are black or white, whichever is easier to read
 */
export const drawLabel = (
  planes: Uint8Array,
  size: FrameSize,
  box: { x0: number; y0: number },
  text: TextPicture,
  yuv: readonly [number, number, number],
): void => {
  const plate = labelPlace(box, text, size);
  const pad = padding(text);
  const ink = yuv[0] > 125 ? 20 : 235;
  for (let y = 0; y < plate.height; y++) {
    const row = (plate.y + y) * size.width + plate.x;
    const textRow = y - (pad >> 1);
    for (let x = 0; x < plate.width; x++) {
      const textX = x - pad;
      const isText = textX >= 0 && textX < text.width && textRow >= 0 && textRow < text.height;
      const alpha = isText ? text.alpha[textRow * text.width + textX]! / 255 : 0;
      planes[row + x] = yuv[0] + (ink - yuv[0]) * alpha;
    }
  }
  const chromaWidth = chromaSize(size.width);
  const uAt = size.width * size.height;
  const vAt = uAt + chromaWidth * chromaSize(size.height);
  for (let cy = plate.y >> 1; cy <= (plate.y + plate.height - 1) >> 1; cy++) {
    const row = cy * chromaWidth;
    const from = row + (plate.x >> 1);
    const to = row + ((plate.x + plate.width - 1) >> 1) + 1;
    planes.fill(yuv[1], uAt + from, uAt + to);
    planes.fill(yuv[2], vAt + from, vAt + to);
  }
};
