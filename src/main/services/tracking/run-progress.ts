/** How far a track run got, object by object, and where each goes on after prompts were changed in between. */

import type { TrackedFrameEvent } from '../../engine/api/protocol.ts';
import type { TrackResume } from '../../engine/api/tracking.ts';
import { type ObjectList, type ObjectRecord, promptOn } from '../session/object-list.ts';

/** Frames whose prompts differ. */
const changedFrames = (before: ObjectRecord | undefined, after: ObjectRecord): number[] => {
  if (before?.prompts === after.prompts) return [];
  const frames = new Set([...(before?.prompts ?? []), ...after.prompts].map(({ frame }) => frame));
  return [...frames].filter((frame) => before === undefined || promptOn(before, frame) !== promptOn(after, frame));
};

export class RunProgress {
  readonly #isBoth: boolean;
  /** The first prompt of each object when the run began. */
  readonly #origins: ReadonlyMap<number, number>;
  #reverse: boolean;
  /** In the pass that is under way, by object. */
  #next = new Map<number, number>();
  #started = new Map<number, number>();
  /** Objects whose prompts were changed where this run does not come again. */
  readonly passed = new Set<number>();

  constructor(direction: 'forward' | 'backward' | 'both', objects: ObjectList) {
    this.#isBoth = direction === 'both';
    this.#reverse = direction === 'backward';
    this.#origins = new Map(
      objects.filter(({ prompts }) => prompts.length > 0).map(({ id, prompts }) => [id, Math.min(...prompts.map(({ frame }) => frame))]),
    );
  }

  visited({ frame, reverse, results }: Pick<TrackedFrameEvent, 'frame' | 'reverse'> & { results: readonly { objectId: number }[] }): void {
    if (reverse !== this.#reverse) {
      this.#reverse = reverse;
      this.#next = new Map();
      this.#started = new Map();
    }
    for (const { objectId } of results) {
      if (!this.#started.has(objectId)) this.#started.set(objectId, frame);
      this.#next.set(objectId, frame + (reverse ? -1 : 1));
    }
  }

  /**
   * A correction behind an object's place takes it back there, so that what follows from the correction is tracked
   * again; objects that were not touched go on where they were.
   * @param before the objects as the run knew them
   * @param after the objects as they are now
   * @returns null when nothing was visited yet: the run begins anew
   */
  resume(before: ObjectList, after: ObjectList): TrackResume | null {
    const reverse = this.#reverse;
    if (this.#next.size === 0 && !(this.#isBoth && reverse)) return null;
    const isBehind = (frame: number, next: number): boolean => (reverse ? frame > next : frame < next);
    for (const object of after) {
      const { id } = object;
      const next = this.#next.get(id);
      const changed = changedFrames(
        before.find((earlier) => earlier.id === id),
        object,
      );
      if (next === undefined) {
        // Not reached yet by the way back: a prompt made further along must not move its beginning there.
        const origin = this.#origins.get(id);
        if (this.#isBoth && reverse && origin !== undefined) this.#next.set(id, origin);
        continue;
      }
      const behind = changed.filter((frame) => isBehind(frame, next));
      if (behind.length === 0) continue;
      const started = this.#started.get(id)!;
      const within = behind.filter((frame) => !reverse || !this.#isBoth || frame <= started);
      if (within.length < behind.length) this.passed.add(id);
      if (within.length > 0) this.#next.set(id, reverse ? Math.max(...within) : Math.min(...within));
    }
    return { reverse, at: new Map(this.#next) };
  }
}
