/**
 * From the numbers of live frames to those of the recording: found by the times of both, since frames that were not
 * taken have no live number.
 */
import type { Marks } from '../../../shared/session-state.ts';
import type { OpenedMedia } from '../../engine/api/media.ts';
import type { JoinedSegment, LiveTime } from '../../engine/api/recording.ts';
import type { MaskStore } from '../results/mask-store.ts';
import type { KeptWork } from '../session/kept-work.ts';
import { type ObjectRecord, promptsKey } from '../session/object-list.ts';

/** A live frame and the recording's are one when their times differ by less, or by less than half a frame, ms. */
const sameMs = 4;
/** Long work lets others have their turn after so many ms. */
const longestTurnMs = 20;

const nearest = (times: Float64Array, wanted: number): number => {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low > 0 && wanted - times[low - 1]! <= times[low]! - wanted ? low - 1 : low;
};

export class FrameMap {
  /** By live frame: the recording's frame nearest to it, and whether it is that very frame. */
  readonly #nearest: Int32Array;
  readonly #isSame: Uint8Array;

  constructor(
    live: readonly LiveTime[],
    segments: readonly JoinedSegment[],
    media: Pick<OpenedMedia, 'ptsTicks' | 'timeBase' | 'averageFps'>,
  ) {
    const { num, den } = media.timeBase;
    const recorded = media.ptsTicks.map((ticks) => (ticks * num * 1000) / den);
    const offsets = new Map(segments.map(({ segment, offsetMs }) => [segment, offsetMs]));
    const within = Math.max(sameMs, 500 / media.averageFps);
    this.#nearest = new Int32Array(live.length);
    this.#isSame = new Uint8Array(live.length);
    let last = -1;
    live.forEach(({ segment, ptsMs }, frame) => {
      const offset = offsets.get(segment);
      const wanted = offset === undefined ? null : ptsMs + offset;
      const at = wanted === null ? Math.max(0, last) : nearest(recorded, wanted);
      this.#nearest[frame] = at;
      // No two live frames are one frame of the recording.
      if (wanted === null || at <= last || Math.abs(recorded[at]! - wanted) > within) return;
      this.#isSame[frame] = 1;
      last = at;
    });
  }

  /** The frame of the recording that a live frame is, or null when it is not in it. */
  same(frame: number): number | null {
    return this.#isSame[frame] === 1 ? this.#nearest[frame]! : null;
  }

  /** The frame of the recording that is nearest. */
  near(frame: number): number {
    return this.#nearest[Math.min(frame, this.#nearest.length - 1)] ?? 0;
  }
}

const rekeyObject = (object: ObjectRecord, map: FrameMap): ObjectRecord => {
  // The last word on a frame counts, should two prompts come to lie on one.
  const byFrame = new Map(object.prompts.map((prompt) => [map.near(prompt.frame), { ...prompt, frame: map.near(prompt.frame) }]));
  const { found } = object;
  const place = found?.place && { ...found.place, frame: map.near(found.place.frame) };
  return { ...object, ...(found && place && { found: { ...found, place } }), prompts: [...byFrame.values()] };
};

/** @param isFollowed objects were tracked to the end: their masks follow from the prompts they have */
export const rekeyWork = (work: KeptWork, map: FrameMap, isFollowed: boolean): KeptWork => {
  const objects = work.objects.map((object) => rekeyObject(object, map));
  const mark = (frame: number | null): number | null => frame && map.near(frame);
  const marks: Marks = { in: mark(work.marks.in), out: mark(work.marks.out) };
  const followed = isFollowed ? objects.filter(({ prompts, locked }) => prompts.length > 0 && !locked) : [];
  const trackedWith = Object.fromEntries(followed.map((object) => [String(object.maskKey), promptsKey(object)]));
  return { ...work, objects, marks, position: map.near(work.position), trackedWith };
};

/** Writes the objects' masks under the numbers of the recording; others get their turn meanwhile. */
export const rekeyMasks = async (from: MaskStore, to: MaskStore, objects: readonly ObjectRecord[], map: FrameMap): Promise<void> => {
  to.setMaskKeys(objects);
  for (const { id } of objects) {
    const frames = from.frames(id);
    for (let at = 0; at < frames.length; ) {
      const startMs = performance.now();
      to.batch(() => {
        for (; at < frames.length && performance.now() - startMs < longestTurnMs; at++) {
          const frame = frames[at]!;
          const stored = from.get(id, frame);
          // A prompt that moved to the nearest frame takes its mask along.
          const target = map.same(frame) ?? (stored?.prompted ? map.near(frame) : null);
          if (stored && target !== null) to.putStored(id, target, stored);
        }
      });
      await new Promise((resume) => setImmediate(resume));
    }
  }
};
