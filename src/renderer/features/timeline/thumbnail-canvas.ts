import type { FrameMessage } from '../../../shared/wire.ts';
import { rgbaOf } from '../../gl/rgba.ts';

/** A small picture as something that a canvas can draw. */
export const canvasOf = (message: FrameMessage): HTMLCanvasElement => {
  const canvas = document.createElement('canvas');
  canvas.width = message.width;
  canvas.height = message.height;
  canvas.getContext('2d')?.putImageData(new ImageData(rgbaOf(message), message.width, message.height), 0, 0);
  return canvas;
};
