/**
 * Reads what ffmpeg's framecrc muxer prints: streams and packets as a machine writes them. Facts about a clip come from
 * here and from decoded frames (frame-facts.ts), never from the description ffmpeg prints for people: names and
 * metadata in that can say anything.
 */

import type { TimeBase } from './frame-index.ts';
import type { StderrLog } from './stderr-log.ts';

/** A stream as the muxer's header has it. */
export interface StreamHeader {
  kind: string;
  codec: string;
  timeBase: TimeBase;
  /** Coded size; 0 for sound. */
  width: number;
  height: number;
}

export interface FrameCrcEntry {
  /** Number of the stream in this listing. */
  stream: number;
  /** Ticks; null when the container has none for this packet. */
  pts: number | null;
  durationTicks: number;
  bytes: number;
  /** Decoded only as a reference (an edit list hides it). */
  isDiscarded: boolean;
  isCorrupt: boolean;
  /** Decoding can begin here. */
  isKey: boolean;
}

/** Collects the output of `-f framecrc` line by line. */
export class FrameCrcReader {
  readonly #streams = new Map<number, StreamHeader>();

  /** Streams in their order; whole with the first entry. */
  get streams(): readonly StreamHeader[] {
    return [...this.#streams.values()];
  }

  /** The entry of a data line; null for header lines. */
  read(line: string): FrameCrcEntry | null {
    if (line.startsWith('#')) {
      this.#readHeader(line);
      return null;
    }
    // stream, dts, pts, duration, size, crc[, F=0xflags][, S=...]
    const fields = line.split(',');
    if (fields.length < 6) return null;
    const ptsText = (fields[2] ?? '').trim();
    const pts = Number(ptsText);
    const isMissing = ptsText === 'NOPTS' || ptsText === '-9223372036854775808' || !Number.isFinite(pts);
    const flagsText = fields.find((field) => field.trim().startsWith('F=0x'));
    const flags = flagsText === undefined ? 1 : Number.parseInt(flagsText.trim().slice(4), 16);
    return {
      stream: Number(fields[0]),
      pts: isMissing ? null : pts,
      durationTicks: Number(fields[3]),
      bytes: Number(fields[4]),
      isDiscarded: (flags & 4) !== 0,
      isCorrupt: (flags & 2) !== 0,
      isKey: (flags & 1) !== 0,
    };
  }

  #readHeader(line: string): void {
    const [, name, number, value = ''] = /^#(\w+) (\d+): (.*)$/.exec(line) ?? [];
    if (name === undefined) return;
    const stream = this.#streams.get(Number(number)) ?? { kind: '', codec: '', timeBase: { num: 1, den: 1 }, width: 0, height: 0 };
    this.#streams.set(Number(number), stream);
    const [, first, second] = /^(\d+)[/x](\d+)$/.exec(value) ?? [];
    if (name === 'tb') stream.timeBase = { num: Number(first), den: Number(second) };
    else if (name === 'media_type') stream.kind = value;
    else if (name === 'codec_id') stream.codec = value;
    else if (name === 'dimensions') Object.assign(stream, { width: Number(first), height: Number(second) });
  }
}

/**
 * Demuxer names, comma-separated, of an input that ffmpeg opened, or "". The line comes before anything that the file
 * or its name says.
 */
export const containerOf = (log: StderrLog): string => log.find(/^\[info\] Input #0, (\S+), from /) ?? '';
