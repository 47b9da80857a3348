/** The masks that the model makes of one prompt, told apart: what looks the same to a person is one. */
import type { CandidateMask } from '../../../shared/candidates.ts';
import { AppError } from '../../../shared/errors.ts';
import type { FramePrompt } from '../../../shared/prompts.ts';
import { compressCounts, encodeRle, expandCounts, rleIou } from '../../../shared/rle.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';

/** Masks that the model makes of a prompt. */
export const candidateCount = 4;
/** From this IoU on two masks are the same to a person. */
const sameIou = 0.95;
/** Pictures of masks are so wide, px. */
const pictureWidth = 64;

/** An object's prompt on a frame, and the clip it is on. */
export interface CandidatePlace {
  sessionId: string;
  objectId: number;
  frame: number;
  engine: () => EnginePeer;
  size: { width: number; height: number };
}

/** @throws AppError `prompt-invalid` where there are neither clicks nor a box */
export const requireClicks = (prompt: FramePrompt | undefined): FramePrompt => {
  if (prompt && !prompt.mask) return prompt;
  throw new AppError('prompt-invalid', 'Only clicks and boxes have other candidate masks. Click the object on this frame first.');
};

/** Choosing starts from the points alone, so that each number always means the same mask. */
export const takeCandidate = async (place: CandidatePlace, { points, box }: FramePrompt, candidate: number): Promise<EngineResult> => {
  const { sessionId, objectId, frame, engine } = place;
  await engine().call('clearPrompts', { sessionId, objectId, frame });
  return engine().call('setPoints', { sessionId, objectId, frame, points, box, prior: null, candidate });
};

const isSame = (a: string, b: string, { width, height }: CandidatePlace['size']): boolean => {
  const size: [number, number] = [height, width];
  return a === b || rleIou({ size, counts: expandCounts(a) }, { size, counts: expandCounts(b) }) >= sameIou;
};

/** The next candidate that looks unlike the mask there is. @param shown its run lengths */
export const nextCandidate = async (
  place: CandidatePlace,
  prompt: FramePrompt,
  shown: string | undefined,
): Promise<{ candidate: number; result: EngineResult }> => {
  let candidate = prompt.candidate ?? -1;
  for (let tried = 1; ; tried++) {
    candidate = (candidate + 1) % candidateCount;
    const result = await takeCandidate(place, prompt, candidate);
    if (tried === candidateCount || shown === undefined || !isSame(result.counts, shown, place.size)) return { candidate, result };
  }
};

/**
 * All that look different, as small pictures, the best rated first. The engine goes on with the mask that is shown.
 * @param prior logits of that mask, where it is not one of the candidates itself
 */
export const listCandidates = async (
  place: CandidatePlace,
  prompt: FramePrompt,
  prior: Float32Array<ArrayBuffer> | null,
): Promise<CandidateMask[]> => {
  const { sessionId, objectId, frame, engine } = place;
  const { points, box, candidate = null } = prompt;
  const different: { index: number; result: EngineResult }[] = [];
  try {
    for (let index = 0; index < candidateCount; index++) {
      const result = await takeCandidate(place, prompt, index);
      const isNew = !different.some((other) => isSame(other.result.counts, result.counts, place.size));
      if (result.area > 0 && isNew) different.push({ index, result });
    }
  } finally {
    await engine().call('clearPrompts', { sessionId, objectId, frame });
    await engine().call('setPoints', { sessionId, objectId, frame, points, box, prior: candidate === null ? prior : null, candidate });
  }
  return different
    .sort((a, b) => b.result.predictedIou - a.result.predictedIou)
    .map(({ index, result }) => ({ index, predictedIou: result.predictedIou, ...pictureOf(result, place.size) }));
};

const pictureOf = ({ overlay }: EngineResult, { width, height }: CandidatePlace['size']): Pick<CandidateMask, 'size' | 'counts'> => {
  const size: [number, number] = [Math.max(1, Math.round((pictureWidth * height) / width)), pictureWidth];
  const mask = new Uint8Array(size[0] * size[1]);
  for (let y = 0; y < size[0]; y++) {
    const row = Math.floor(((y + 0.5) / size[0]) * overlay.height) * overlay.width;
    for (let x = 0; x < size[1]; x++)
      mask[y * size[1] + x] = overlay.logits[row + Math.floor(((x + 0.5) / size[1]) * overlay.width)]! > 0 ? 1 : 0;
  }
  return { size, counts: compressCounts(encodeRle(mask, size[1], size[0]).counts) };
};
