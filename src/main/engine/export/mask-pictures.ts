/** The masks of an export as palette PNGs: one is compressed and written while the next frame is drawn. */
import { join } from 'node:path';
import { writeWhole } from '../../common/files.ts';
import { paintLabel } from './compositor.ts';
import type { FrameMasks } from './mask-feed.ts';
import { encodeIndexedPng } from './png.ts';

/** The object's entry of the palette: its id, and from 256 on those of 1 to 255 again, never 0, which means no object. */
export const paletteIndex = (objectId: number): number => ((objectId - 1) % 255) + 1;

/** File name of a frame's mask: five digits, as DAVIS; more when a clip is longer. */
export const maskFileName = (frame: number): string => `${String(frame).padStart(5, '0')}.png`;

export class MaskPictures {
  readonly #directory: string;
  readonly #objectIds: readonly number[];
  readonly #size: { width: number; height: number };
  readonly #labels: Uint8Array;
  #writing: Promise<void> = Promise.resolve();

  /**
   * @param directory that is there
   * @param objectIds in the order in which they are painted: the last one shows
   * @param size of the clip in px
   */
  constructor(directory: string, objectIds: readonly number[], size: { width: number; height: number }) {
    this.#directory = directory;
    this.#objectIds = objectIds;
    this.#size = size;
    this.#labels = new Uint8Array(size.width * size.height);
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
      if (counts !== undefined) paintLabel(this.#labels, height, width, counts, paletteIndex(id));
    }
    await writeWhole(join(this.#directory, maskFileName(frame)), await encodeIndexedPng(this.#labels, width, height));
  }
}
