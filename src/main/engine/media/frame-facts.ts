/**
 * What decoded frames say of themselves: size, shape, pixels, colour, fields. ffmpeg's showinfo filter prints it under
 * a name that is drawn anew for each run, so no text in a file can be taken for it.
 */
import { randomBytes } from 'node:crypto';

export type ColorSpace = 'bt601' | 'bt709' | 'bt2020';

export interface FrameFacts {
  /** After ffmpeg has turned the picture upright. */
  width: number;
  height: number;
  /** Of a pixel. The container's word goes before the codec's, as in ffmpeg and players. */
  sampleAspect: { num: number; den: number };
  pixelFormat: string;
  /** Matrix, as the file says, or null. */
  colorSpace: ColorSpace | null;
  /** By ffmpeg's names; null where the file does not say. The matrix is null for RGB as well. */
  matrix: string | null;
  primaries: string | null;
  transfer: string | null;
  isFullRange: boolean;
  /** Made of two fields, taken one after the other. */
  isInterlaced: boolean;
  /** The picture changes its size or its kind of pixels on the way. */
  hasChanges: boolean;
}

const matrixNames: Record<string, ColorSpace> = {
  bt709: 'bt709',
  bt470bg: 'bt601',
  smpte170m: 'bt601',
  bt2020nc: 'bt2020',
  bt2020c: 'bt2020',
};

const known = (name: string | undefined): string | null =>
  name === undefined || /^(unknown|reserved|unspecified)/.test(name) ? null : name;

export class FrameFactsReader {
  readonly #token = `facts${randomBytes(8).toString('hex')}`;
  #first: FrameFacts | null = null;
  #frames = 0;
  #interlaced = 0;
  #beginnings = 0;

  /** The filter that has each frame printed. */
  get filter(): string {
    return `showinfo@${this.#token}=checksum=0`;
  }

  /** Takes a line of ffmpeg's stderr; others than the filter's are passed over. */
  read(line: string): void {
    if (!line.startsWith(`[showinfo@${this.#token} `)) return;
    const text = line.slice(line.indexOf('] ') + 2);
    const value = (name: string): string | undefined => new RegExp(`(?:^|\\s)${name}:\\s*(\\S+)`).exec(text)?.[1];
    // The filters are set up anew for another kind of picture.
    if (text.includes('config in time_base')) this.#beginnings++;
    const size = /(?:^|\s)s:(\d+)x(\d+)\s/.exec(text);
    if (size && /\sn:\s*\d+\s/.test(text)) {
      this.#frames++;
      if (/^[TB]$/.test(value('i') ?? '')) this.#interlaced++;
      if (this.#first) return;
      const [num = 0, den = 0] = (value('sar') ?? '').split('/').map(Number);
      const pixelFormat = value('fmt') ?? 'unknown';
      this.#first = {
        width: Number(size[1]),
        height: Number(size[2]),
        sampleAspect: num > 0 && den > 0 ? { num, den } : { num: 1, den: 1 },
        pixelFormat,
        colorSpace: null,
        matrix: null,
        primaries: null,
        transfer: null,
        isFullRange: pixelFormat.startsWith('yuvj'),
        isInterlaced: false,
        hasChanges: false,
      };
    } else if (this.#first && this.#frames === 1 && value('color_range') !== undefined) {
      const matrix = value('color_space') ?? '';
      this.#first.colorSpace = matrixNames[matrix] ?? null;
      this.#first.matrix = this.#first.colorSpace && matrix;
      this.#first.primaries = known(value('color_primaries'));
      this.#first.transfer = known(value('color_trc'));
      this.#first.isFullRange ||= /^(pc|jpeg|full)$/.test(value('color_range') ?? '');
    }
  }

  /** Of the frames so far; null before the first. */
  get facts(): FrameFacts | null {
    return this.#first && { ...this.#first, isInterlaced: this.#interlaced * 2 > this.#frames, hasChanges: this.#beginnings > 1 };
  }
}
