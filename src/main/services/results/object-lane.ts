/**
 * What a timeline lane shows of an object: runs of frames that look alike, page by page, so that hours stay a few
 * kilobytes.
 */
import { type LanePage, laneKinds } from '../../../shared/session-state.ts';
import type { MaskIndex } from './mask-index.ts';

/** Under this predicted IoU, or this near to absent, a frame is shown as unsure. */
const sureIou = 0.6;
const sureLogit = 1;
/** Confidence is told in so many steps, so that neighbours join. */
const steps = 8;

const none = laneKinds.indexOf('none') * 256;
const present = laneKinds.indexOf('present') * 256;
const absent = laneKinds.indexOf('absent') * 256;
const unsure = laneKinds.indexOf('unsure') * 256;

/** Whether a mask was neither unsure nor absent. */
export const isSureMask = (predictedIou: number, objectLogit: number): boolean => predictedIou >= sureIou && objectLogit >= sureLogit;

const lookOf = (isThere: boolean, isPresent: boolean, predictedIou: number, objectLogit: number): number => {
  if (!isThere) return none;
  const confidence = Math.round((Math.round(Math.min(1, Math.max(0, predictedIou)) * steps) / steps) * 255);
  if (!isPresent || objectLogit <= 0) return absent + confidence;
  return (isSureMask(predictedIou, objectLogit) ? present : unsure) + confidence;
};

export const lanePage = (index: Pick<MaskIndex, 'scanPage'>, maskKey: number, page: number): LanePage => {
  const runs: number[] = [];
  let look = none;
  let length = 0;
  index.scanPage(maskKey, page, (isThere, isPresent, predictedIou, objectLogit) => {
    const next = lookOf(isThere, isPresent, predictedIou, objectLogit);
    if (next !== look && length > 0) {
      runs.push(length, look);
      length = 0;
    }
    look = next;
    length++;
  });
  if (look !== none && length > 0) runs.push(length, look);
  return { page, runs };
};
