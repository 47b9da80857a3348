/** One frame as RGB at any size, for tests that look at colours. */
import type { DecodeOptions } from '../decode.ts';
import { rgbFilter } from '../picture-form.ts';
import { decodeRaw } from '../raw-decode.ts';

export const decodeStill = async (
  options: Omit<DecodeOptions, 'start' | 'end' | 'display' | 'model'> & { frame: number; width: number; height: number },
): Promise<{ width: number; height: number; rgb: Uint8Array }> => {
  const { frame, width, height, ...rest } = options;
  const outputs = [{ filter: rgbFilter(options.info, { width, height }), bytesPerFrame: width * height * 3 }];
  for await (const { buffers } of decodeRaw({ ...rest, start: frame, end: frame, outputs })) {
    const rgb = buffers[0];
    if (rgb !== undefined) return { width, height, rgb };
  }
  // decodeRaw yields every frame it is asked for or throws.
  throw new Error('unreachable: the decoder ended without a frame');
};
