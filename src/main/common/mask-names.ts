/** Names of the mask pictures: the frame's number, or where frames were pictures, the picture's own name. */

/** Whether ids do not fit into a byte, so that mask pictures have 16 bits. */
export const hasWideLabels = (objectIds: readonly number[]): boolean => objectIds.some((id) => id > 255);

const stemOf = (name: string): string => name.replace(/\.[^.]*$/, '');

export class MaskNames {
  readonly #pictures: readonly string[] | null;
  /** Stems that several pictures share on a disk that ignores case. */
  readonly #shared = new Set<string>();

  /** @param pictures the file name of each frame's picture, or null */
  constructor(pictures: readonly string[] | null) {
    this.#pictures = pictures;
    const seen = new Set<string>();
    for (const name of pictures ?? []) {
      const stem = stemOf(name).toLowerCase();
      if (seen.has(stem)) this.#shared.add(stem);
      seen.add(stem);
    }
  }

  /** File name of a frame's mask: five digits, as DAVIS; more when a clip is longer. */
  of(frame: number): string {
    const picture = this.#pictures?.[frame];
    if (picture === undefined) return `${String(frame).padStart(5, '0')}.png`;
    const stem = stemOf(picture);
    return this.#shared.has(stem.toLowerCase()) ? `${picture}.png` : `${stem}.png`;
  }
}
