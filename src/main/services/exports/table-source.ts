/** What tables are made from: objects and masks of a range of frames. */
import type { TrackedObject } from '../../../shared/contract/state.ts';
import type { MaskReader, StoredMask } from '../results/mask-store.ts';

export interface TableSource {
  /** Of the clip, in px. */
  width: number;
  height: number;
  objects: readonly TrackedObject[];
  store: MaskReader;
  /** Inclusive. */
  range: { from: number; to: number };
  timeMs: (frame: number) => number;
  /** File name of each frame's picture; null for a clip that was not made of pictures. */
  pictures?: readonly string[] | null;
  /** What files about a frame are called, without an extension: the mask picture's name. */
  stem: (frame: number) => string;
}

/** Objects that hold a mask on a frame. */
export const masksOn = ({ objects, store }: TableSource, frame: number): { object: TrackedObject; stored: StoredMask }[] =>
  objects.flatMap((object) => {
    const stored = store.get(object.id, frame);
    return stored ? [{ object, stored }] : [];
  });
