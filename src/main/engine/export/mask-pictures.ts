/**
 * The masks of an export as PNGs: one is compressed and written while the next frame is drawn. A pixel's value is the
 * object's id; with ids up to 255 the pictures have DAVIS's palette, with higher ones they are grey with 16 bits.
 */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { writeWhole } from '../../common/files.ts';
import { hasWideLabels, type MaskNames } from '../../common/mask-names.ts';
import { paintLabel } from './compositor.ts';
import type { FrameMasks } from './mask-feed.ts';
import { encodeGreyPng, encodeIndexedPng } from './png.ts';

/** The highest id that a pixel can hold. */
const mostId = 65_535;

export class MaskPictures {
  readonly #directory: string;
  readonly #objectIds: readonly number[];
  readonly #size: { width: number; height: number };
  readonly #labels: Uint8Array | Uint16Array;
  readonly #names: MaskNames;
  #writing: Promise<void> = Promise.resolve();

  /**
   * @param directory that is there
   * @param objectIds in the order in which they are painted: the last one shows
   * @param size of the clip in px
   * @param names of the pictures
   * @throws AppError `output-unwritable` for an id that no picture can hold
   */
  constructor(directory: string, objectIds: readonly number[], size: { width: number; height: number }, names: MaskNames) {
    const highest = Math.max(0, ...objectIds);
    if (highest > mostId)
      throw new AppError(
        'output-unwritable',
        `Mask pictures hold ids up to ${mostId}, and there is an object ${highest}. Leave it out, or the pictures.`,
      );
    this.#directory = directory;
    this.#objectIds = objectIds;
    this.#size = size;
    this.#labels = hasWideLabels(objectIds) ? new Uint16Array(size.width * size.height) : new Uint8Array(size.width * size.height);
    this.#names = names;
  }

  /** Resolves when the picture before this one is written. @throws AppError why that could not be written */
  async put(frame: number, masks: FrameMasks): Promise<void> {
    await this.#writing;
    this.#writing = this.#write(frame, masks);
    // What fails is thrown by the next call.
    this.#writing.catch(() => {});
  }

  /** Resolves when every picture is written. @throws AppError why the last one could not be written */
  end(): Promise<void> {
    return this.#writing;
  }

  async #write(frame: number, masks: FrameMasks): Promise<void> {
    const { width, height } = this.#size;
    this.#labels.fill(0);
    for (const id of this.#objectIds) {
      const counts = masks.get(id);
      if (counts !== undefined) paintLabel(this.#labels, height, width, counts, id);
    }
    const png =
      this.#labels instanceof Uint16Array ? encodeGreyPng(this.#labels, width, height) : encodeIndexedPng(this.#labels, width, height);
    await writeWhole(join(this.#directory, this.#names.of(frame)), await png);
  }
}
