/**
 * Who reads pictures of one clip. Each viewer has a reader of its own for each use, so that no window's request ends
 * another's, and each goes on decoding where it is. All of them share one bound of memory.
 */

import type { EnginePlanes } from '../api/protocol.ts';
import { FrameReader, type FrameReaderOptions } from '../media/frame-reader.ts';

/** Thumbnails have a reader of their own, so that a filmstrip does not disturb the viewer's. */
export type ReaderUse = 'view' | 'thumbnail';

/** Most bytes of decoded frames, over all viewers. */
const mostBytes: Record<ReaderUse, number> = { view: 96 * 1024 * 1024, thumbnail: 4 * 1024 * 1024 };
/** Viewers whose readers are kept; of more, those that wait for nothing and were not used the longest go. */
const mostViewers = 4;

interface Kept {
  use: ReaderUse;
  viewer: number;
  width: number;
  height: number;
  reader: FrameReader;
}

export class PictureReaders {
  readonly #options: Omit<FrameReaderOptions, 'display' | 'maxBytes' | 'ahead'>;
  /** The first is the one not used the longest. */
  #kept: Kept[] = [];

  constructor(options: Omit<FrameReaderOptions, 'display' | 'maxBytes' | 'ahead'>) {
    this.#options = options;
  }

  /** Planes of one frame. A newer request of the same viewer and use makes an older one end with `cancelled`. */
  async read(frame: number, size: { width: number; height: number }, viewer: number, use: ReaderUse): Promise<EnginePlanes> {
    const planes = await this.#reader(size, viewer, use).get(frame);
    // The reader keeps its copy; what leaves here may be transferred.
    return { ...size, planes: planes.slice() };
  }

  /** Readers there are now. */
  get count(): number {
    return this.#kept.length;
  }

  /** Bytes of decoded frames held now. */
  get bytes(): number {
    return this.#kept.reduce((sum, { reader }) => sum + reader.cachedBytes, 0);
  }

  /** A viewer is gone. */
  forget(viewer: number): void {
    this.#close((kept) => kept.viewer === viewer);
  }

  close(): void {
    this.#close(() => true);
  }

  #reader({ width, height }: { width: number; height: number }, viewer: number, use: ReaderUse): FrameReader {
    const known = this.#kept.find((kept) => kept.viewer === viewer && kept.use === use);
    if (known?.width === width && known.height === height) {
      this.#kept = [...this.#kept.filter((kept) => kept !== known), known];
      return known.reader;
    }
    this.#close((kept) => kept === known);
    const idle = this.#kept.filter((kept) => kept.use === use && !kept.reader.isBusy);
    const count = this.#kept.filter((kept) => kept.use === use).length;
    const tooMany = idle.slice(0, Math.max(0, count + 1 - mostViewers));
    this.#close((kept) => tooMany.includes(kept));
    const reader = new FrameReader({ ...this.#options, display: { width, height }, ...(use === 'thumbnail' && { ahead: 0 }) });
    this.#kept.push({ use, viewer, width, height, reader });
    this.#share();
    return reader;
  }

  #close(isGone: (kept: Kept) => boolean): void {
    const gone = this.#kept.filter(isGone);
    this.#kept = this.#kept.filter((kept) => !gone.includes(kept));
    for (const { reader } of gone) reader.close();
    if (gone.length > 0) this.#share();
  }

  #share(): void {
    for (const { use, reader } of this.#kept) reader.maxBytes = mostBytes[use] / this.#kept.filter((kept) => kept.use === use).length;
  }
}
