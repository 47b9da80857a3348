/** What an engine says of a clip and a model, for tests that need no picture. */

import type { OpenedMedia } from '../../engine/api/media.ts';
import type { EngineModel } from '../../engine/api/protocol.ts';

/** A clip of 25 frames a second. */
export const smallClip = ({ width, height, frameCount }: { width: number; height: number; frameCount: number }): OpenedMedia => ({
  width,
  height,
  frameCount,
  durationMs: frameCount * 40,
  averageFps: 25,
  isVariableFrameRate: false,
  hasAudio: false,
  codec: 'h264',
  colorSpace: 'bt709',
  fullRange: false,
  timeBase: { num: 1, den: 25 },
  damage: null,
  repair: null,
  streams: [{ codec: 'h264', width, height }],
  stream: 0,
  isInterlaced: false,
  isDeinterlaced: false,
  isToneMapped: false,
  hdr: null,
  pictures: null,
  ptsTicks: Float64Array.from({ length: frameCount }, (_, i) => i),
});

/** @param logitSize a side of its masks */
export const smallModel = (logitSize: number, name = 'nano'): EngineModel => ({
  id: name,
  name,
  version: '1',
  imageSize: 4 * logitSize,
  logitSize,
  provider: 'cpu',
  providerReason: '',
});
