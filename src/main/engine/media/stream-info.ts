/**
 * Reads what ffmpeg prints about an input on stderr and what its framecrc muxer prints on stdout. Both forms are stable since
 * ffmpeg 4; the fields that decide anything (sizes, time base) come from framecrc, the rest from the description.
 */
import type { TimeBase } from './frame-index.ts';

export type ColorSpace = 'bt601' | 'bt709' | 'bt2020';

export interface StreamDescription {
  codec: string;
  pixelFormat: string;
  /** As the file says, or null. */
  colorSpace: ColorSpace | null;
  fullRange: boolean;
  /** Clockwise degrees the picture must be turned for display: 0, 90, 180 or 270. */
  rotation: number;
  /** Coded size. */
  width: number;
  height: number;
  sampleAspect: { num: number; den: number };
}

export interface InputDescription {
  /** Demuxer names, comma-separated. */
  container: string;
  /** Start of the container in seconds (the earliest stream). */
  startSec: number;
  video: StreamDescription | null;
  audioCodec: string | null;
}

const matrixNames: Record<string, ColorSpace> = {
  bt709: 'bt709',
  bt470bg: 'bt601',
  smpte170m: 'bt601',
  bt2020nc: 'bt2020',
  bt2020c: 'bt2020',
};

/** Splits at commas outside brackets: "h264 (High) (avc1 / 0x31), yuv420p(tv, bt709), 320x240 [SAR 1:1 DAR 4:3], 25 fps". */
const splitFields = (text: string): string[] => {
  const fields: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '(' || c === '[') depth++;
    else if (c === ')' || c === ']') depth--;
    else if (c === ',' && depth === 0) {
      fields.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  fields.push(text.slice(start).trim());
  return fields;
};

const parseVideo = (text: string): StreamDescription => {
  const fields = splitFields(text);
  const codec = /^[^\s(,]+/.exec(fields[0] ?? '')?.[0] ?? 'unknown';
  const format = /^([a-z0-9_]+)(?:\((.*)\))?$/.exec(fields[1] ?? '');
  const pixelFormat = format?.[1] ?? 'unknown';
  const traits = (format?.[2] ?? '').split(',').map((trait) => trait.trim());
  let colorSpace: ColorSpace | null = null;
  for (const trait of traits) colorSpace ??= matrixNames[trait.split('/')[0] ?? ''] ?? null;
  const size = fields.map((field) => /^(\d+)x(\d+)(?:\s|$)/.exec(field)).find((match) => match !== null);
  const aspect = /SAR (\d+):(\d+)/.exec(text);
  const num = Number(aspect?.[1] ?? 1);
  const den = Number(aspect?.[2] ?? 1);
  return {
    codec,
    pixelFormat,
    colorSpace,
    fullRange: traits.includes('pc') || pixelFormat.startsWith('yuvj'),
    rotation: 0,
    width: Number(size?.[1] ?? 0),
    height: Number(size?.[2] ?? 0),
    sampleAspect: num > 0 && den > 0 ? { num, den } : { num: 1, den: 1 },
  };
};

/** What the stderr lines say about input 0. Lines of outputs are not looked at. */
export const parseInputDescription = (lines: readonly string[]): InputDescription => {
  const result: InputDescription = { container: '', startSec: 0, video: null, audioCodec: null };
  let isInVideo = false;
  for (const raw of lines) {
    const line = raw.replace(/^(\[[^\]]*\]\s?)+/, '');
    if (/^(Output #|Stream mapping:)/.test(line)) break;
    const input = /^Input #0, (\S+), from/.exec(line);
    if (input?.[1] !== undefined) result.container = input[1].replace(/,$/, '');
    const start = /^\s+Duration: .*start: (-?[\d.]+)/.exec(line);
    if (start?.[1] !== undefined) result.startSec = Number(start[1]);
    const stream = /^\s+Stream #0:\d+.*?: (Video|Audio|Subtitle|Data|Attachment): (.*)$/.exec(line);
    if (stream !== null) {
      const text = stream[2] ?? '';
      isInVideo = stream[1] === 'Video' && result.video === null && !/\((attached pic|timed thumbnails)\)/.test(text);
      if (isInVideo) result.video = parseVideo(text);
      if (stream[1] === 'Audio') result.audioCodec ??= /^[^\s(,]+/.exec(text)?.[0] ?? null;
    }
    const rotation = /display ?matrix: rotation of (-?[\d.]+) degrees/i.exec(line);
    if (rotation !== null && isInVideo && result.video !== null) {
      // ffmpeg tells the counter-clockwise turn; only quarter turns are applied by its autorotation as a change of size.
      result.video.rotation = (((Math.round(-Number(rotation[1]) / 90) * 90) % 360) + 360) % 360;
    }
  }
  return result;
};

export interface FrameCrcEntry {
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
  timeBase: TimeBase | null = null;

  /** The entry of a data line; null for header lines. */
  read(line: string): FrameCrcEntry | null {
    if (line.startsWith('#')) {
      const base = /^#tb 0: (\d+)\/(\d+)/.exec(line);
      if (base !== null) this.timeBase = { num: Number(base[1]), den: Number(base[2]) };
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
      pts: isMissing ? null : pts,
      durationTicks: Number(fields[3]),
      bytes: Number(fields[4]),
      isDiscarded: (flags & 4) !== 0,
      isCorrupt: (flags & 2) !== 0,
      isKey: (flags & 1) !== 0,
    };
  }
}
