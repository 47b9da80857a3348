/**
 * What may be done to a picture before the model sees it; none of it is on by itself. The recording and the view stay
 * as
 * the camera sent them. Each enhancer is one filter of ffmpeg, so it runs in the decoder's process beside the tracking.
 */
import type { EnhancerName } from '../../../shared/streams.ts';

/** What a builder of ffmpeg may lack: these need no library and no licence of its own. */
const filters: Record<EnhancerName, string> = {
  /** Averages each px over neighbouring frames where nothing moves. */
  denoise: 'atadenoise=s=5',
  sharpen: 'unsharp=5:5:0.8:5:5:0',
  /** Lifts dark tones of the luma, and leaves black and white where they are. */
  'low-light': 'lutyuv=y=gammaval(0.6)',
};

/** Filters in the order in which they help each other: noise goes before it is lifted or sharpened. */
const order: readonly EnhancerName[] = ['denoise', 'low-light', 'sharpen'];

/** @returns a chain that begins and ends with 4:2:0 of 8 bits, or "" for none */
export const enhanceFilter = (enhance: readonly EnhancerName[]): string => {
  const chosen = order.filter((name) => enhance.includes(name));
  return chosen.length === 0 ? '' : ['format=yuv420p', ...chosen.map((name) => filters[name])].join(',');
};

/** Takes the first picture of each slot of 1/fps second, with the time stamp it has; dropped ones are never scaled. */
export const rateFilter = (fps: number): string => `select='isnan(prev_selected_t)+gt(floor(t*${fps}),floor(prev_selected_t*${fps}))'`;
