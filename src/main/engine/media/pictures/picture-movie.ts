/**
 * Writes pictures as they are into a QuickTime movie: one file is one frame, at an exact rate, whatever lies in it. A
 * box of the app's own at its end keeps the pictures' names. Boxes: ISO/IEC 14496-12.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { type FrameRate, frameRateSchema } from '../../../../shared/frame-rate.ts';

/** Only the app reads it; every other reader passes over a box it does not know. */
const namesBox = 's2vp';
const mostNamesBytes = 256 * 2 ** 20;

const pictureListSchema = z.object({
  /** Where the pictures came from. */
  folder: z.string(),
  rate: frameRateSchema,
  /** Names of the files, in the order of the frames. */
  names: z.array(z.string().regex(/^[^/\\\0]+$/)),
});
export type PictureList = z.infer<typeof pictureListSchema>;

const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * i);
  return bytes;
};
const u16 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt16BE(value & 0xffff, 2 * i);
  return bytes;
};
const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const box = (type: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length + 8), latin(type), body]);
};
/** With version 0 and no flags, unless said. */
const fullBox = (type: string, flags: number, ...parts: Buffer[]): Buffer => box(type, u32(flags), ...parts);

const unity = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const fourccs = { jpeg: 'jpeg', png: 'png ' } as const;

export interface MovieOptions {
  kind: keyof typeof fourccs;
  /** Coded size of the first picture in px. */
  width: number;
  height: number;
  rate: FrameRate;
}

const sampleEntry = ({ kind, width, height }: MovieOptions): Buffer =>
  box(
    fourccs[kind],
    Buffer.concat([u32(0), u16(0, 1), u16(0, 0), latin('s2vp'), u32(0, 0x200), u16(width, height), u32(0x480000, 0x480000, 0)]),
    Buffer.concat([u16(1), Buffer.alloc(32), u16(24, 0xffff)]),
  );

const moov = (options: MovieOptions, sizes: readonly number[], dataStart: number): Buffer => {
  const { rate, width, height } = options;
  const count = sizes.length;
  // Lengths count in ms where ticks of the clip would not fit into 32 bits; only the samples' own are exact.
  const durationMs = Math.min(0xffffffff, Math.round((count * rate.den * 1000) / rate.num));
  const mediaDuration = Math.min(0xffffffff, count * rate.den);
  const offsets = Buffer.alloc(8 * count);
  let offset = dataStart;
  for (const [i, size] of sizes.entries()) {
    offsets.writeBigUInt64BE(BigInt(offset), 8 * i);
    offset += size;
  }
  const table = box(
    'stbl',
    fullBox('stsd', 0, u32(1), sampleEntry(options)),
    fullBox('stts', 0, u32(1, count, rate.den)),
    fullBox('stsc', 0, u32(1, 1, 1, 1)),
    fullBox('stsz', 0, u32(0, count), u32(...sizes)),
    fullBox('co64', 0, u32(count), offsets),
  );
  const handler = (type: string, subtype: string): Buffer =>
    fullBox('hdlr', 0, latin(type), latin(subtype), u32(0, 0, 0), Buffer.from([0]));
  const self = fullBox('dref', 0, u32(1), fullBox('url ', 1));
  return box(
    'moov',
    fullBox('mvhd', 0, u32(0, 0, 1000, durationMs, 0x10000), u16(0x100, 0), u32(0, 0), unity, u32(0, 0, 0, 0, 0, 0, 2)),
    box(
      'trak',
      fullBox('tkhd', 3, u32(0, 0, 1, 0, durationMs, 0, 0), u16(0, 0, 0, 0), unity, u32(width * 0x10000, height * 0x10000)),
      box(
        'mdia',
        fullBox('mdhd', 0, u32(0, 0, rate.num, mediaDuration), u16(0x55c4, 0)),
        handler('mhlr', 'vide'),
        box('minf', fullBox('vmhd', 1, u16(0, 0, 0, 0)), handler('dhlr', 'url '), box('dinf', self), table),
      ),
    ),
  );
};

/** Takes pictures one after the other. */
export class PictureMovie {
  readonly #file: FileHandle;
  readonly #sizes: number[] = [];
  #bytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @param path of a file to make */
  static async create(path: string): Promise<PictureMovie> {
    const movie = new PictureMovie(await open(path, 'wx'));
    const ftyp = box('ftyp', latin('qt  '), u32(0), latin('qt  '));
    // The length of what follows is written in 64 bits when it is known.
    await movie.#append(Buffer.concat([ftyp, u32(1), latin('mdat'), u64(0)]));
    return movie;
  }

  async add(picture: Buffer): Promise<void> {
    this.#sizes.push(picture.length);
    await this.#append(picture);
  }

  async finish(options: MovieOptions, list: PictureList): Promise<void> {
    const ftypBytes = 20;
    const headBytes = ftypBytes + 16;
    await this.#file.write(u64(this.#bytes - ftypBytes), 0, 8, ftypBytes + 8);
    await this.#append(moov(options, this.#sizes, headBytes));
    await this.#append(box(namesBox, Buffer.from(JSON.stringify(list))));
    await this.#file.close();
  }

  async abort(): Promise<void> {
    await this.#file.close().catch(() => {});
  }

  async #append(bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#bytes);
      done += bytesWritten;
      this.#bytes += bytesWritten;
    }
  }
}

/** The names that {@link PictureMovie} wrote into a file, or null for any other. */
export const readPictureList = async (path: string): Promise<PictureList | null> => {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(16);
    for (let at = 0; ; ) {
      const { bytesRead } = await file.read(head, 0, 16, at);
      if (bytesRead < 8) return null;
      const type = head.toString('latin1', 4, 8);
      if (at === 0 && type !== 'ftyp') return null;
      const short = head.readUInt32BE(0);
      const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short;
      if (size < 8) return null;
      if (type === namesBox) {
        if (size > mostNamesBytes) return null;
        const body = Buffer.alloc(size - 8);
        await file.read(body, 0, body.length, at + 8);
        return parseList(body.toString('utf8'));
      }
      at += size;
    }
  } finally {
    await file.close();
  }
};

const parseList = (text: string): PictureList | null => {
  try {
    return pictureListSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
};
