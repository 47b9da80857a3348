/**
 * What is in a file: its streams, picture geometry, colour, and the time of every frame.
 *
 * Frame n is the n-th frame that a decoder puts out. The index comes from one pass that only demuxes (seconds for hours
 * of video). Demuxers and decoders do not always agree about how many frames there are (open GOPs, field pairs, hidden
 * frames, damage), so the first frames are decoded and compared. Where the two differ, where the container is known to
 * lie, and for a clip that costs little, the index is taken from decoding the whole clip instead.
 */
import { AppError } from '../../../shared/errors.ts';
import type { Deinterlace } from '../../../shared/footage.ts';
import type { Damage, PictureNames, TimeRepair, VideoStream } from '../api/media.ts';
import { damageOf } from './damage.ts';
import { type DecodeListing, listDecoded } from './decoded-frames.ts';
import { FrameIndex, type TimeBase } from './frame-index.ts';
import { type ListedStream, listPackets, type PacketListing } from './packet-listing.ts';
import { type PictureForm, pictureOf, workOn } from './picture-form.ts';
import { readPictureList } from './pictures/picture-movie.ts';
import { checkFile, explainNothing } from './source-refusals.ts';
import type { StreamHeader } from './stream-info.ts';

export interface MediaInfo extends PictureForm {
  path: string;
  /** Video streams of the file, covers left out. */
  streams: VideoStream[];
  /** The one that is open: a number in `streams`. */
  stream: number;
  durationMs: number;
  averageFps: number;
  /** Of the times that the index tells. */
  timeBase: TimeBase;
  hasAudio: boolean;
  audioCodec: string | null;
  frameCount: number;
  isVariableFrameRate: boolean;
  /** Demuxer names, comma-separated, as ffmpeg has them. */
  container: string;
  /** First time stamp of picture or sound, in seconds. */
  startSec: number;
  /**
   * False where time stamps do not tell frames apart, or are made up by the demuxer: a seek would renumber frames
   * there.
   */
  isSeekExact: boolean;
  /** The picture changes its size or its kind of pixels on the way, as far as was looked. */
  hasChanges: boolean;
  /** What is missing of the file; null for nothing. The index holds only the frames that are there. */
  damage: Damage | null;
  /** What was wrong with the times of the frames; null for nothing. */
  repair: TimeRepair | null;
  /** Null for a clip that was not made of pictures. */
  pictures: PictureNames | null;
}

export interface ProbeResult {
  info: MediaInfo;
  index: FrameIndex;
}

export interface ProbeOptions {
  ffmpeg: string;
  /** Video stream to open, covers not counted; by default the largest that moves. */
  stream?: number | undefined;
  /** Which frames are deinterlaced; by default those of a clip whose frames are mostly marked as interlaced. */
  deinterlace?: Deinterlace | undefined;
  signal?: AbortSignal | undefined;
  /**
   * Told every few hundred frames how far it is: bytes of the file while it is listed, frames when it has to be
   * decoded.
   */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

const framesPerReport = 256;

/** Counts up and tells of it, not too often. */
const progressMeter = (total: number, tell: ProbeOptions['onProgress']): ((by: number) => void) => {
  let done = 0;
  let frames = 0;
  return (by) => {
    done += by;
    if (++frames % framesPerReport === 0) tell?.(Math.min(done, total), total);
  };
};

/** How many frames are decoded to check the demuxed index. */
const checkedFrames = 24;
/**
 * A clip of no more than so many pixels, all frames together, is decoded as a whole: that takes a tenth of a second.
 */
const smallClip = 32e6;

/** Elementary streams have no times at all. */
const untimedContainers = /(^|,)(h264|hevc|m4v|mpegvideo|vc1|obu|av1|rm)(,|$)/;

/** Here a packet is often not a frame: packed B-frames, hidden reference frames, missing time stamps. */
const untrustedContainers = /(^|,)(avi|mpeg|nsv|rm|h264|hevc|m4v|mpegvideo|vc1|obu|av1|dv)(,|$)/;
const untrustedCodecs = new Set(['vp8', 'msmpeg4v1', 'msmpeg4v2', 'msmpeg4v3', 'wmv1', 'wmv2', 'rv30', 'rv40', 'svq3']);

const area = ({ width, height }: StreamHeader): number => width * height;

/** The largest picture, of those that move if any does: a still beside a film is not what somebody wants to track. */
const largestStream = (streams: readonly (StreamHeader & { pts?: readonly number[] })[]): number => {
  const moves = (stream: (typeof streams)[number]): boolean => (stream.pts?.length ?? 2) > 1;
  const wanted = streams.some(moves) ? streams.filter(moves) : streams;
  return streams.indexOf(wanted.reduce((best, stream) => (area(stream) > area(best) ? stream : best), wanted[0]!));
};

const chooseStream = (path: string, streams: readonly ListedStream[], wanted: number | undefined): number => {
  if (wanted === undefined) return largestStream(streams);
  if (streams[wanted]) return wanted;
  const list = streams.map(({ codec, width, height }, i) => `${i} (${codec}, ${width} x ${height})`).join(', ');
  throw new AppError('source-no-video', `${path} has no video stream ${wanted}. It has ${list}.`, {
    details: { path, streams: streams.map(({ codec, width, height }) => ({ codec, width, height })) },
  });
};

/**
 * Fits the demuxed times to the first decoded ones. Frames before the first decodable picture (a cut in the middle of a
 * group of pictures) go; any other difference means that the demuxed list can't be trusted.
 */
const reconcile = (demuxed: Float64Array, decodedHead: readonly (number | null)[]): Float64Array | null => {
  const first = decodedHead[0];
  const at = first === undefined || first === null ? -1 : demuxed.indexOf(first);
  // Up to one long group of pictures may be missing; more is another kind of trouble.
  if (at < 0 || at > 600) return null;
  for (let i = 0; i < decodedHead.length; i++) if (demuxed[at + i] !== decodedHead[i]) return null;
  if (decodedHead.length < checkedFrames && at + decodedHead.length !== demuxed.length) return null;
  return demuxed.slice(at);
};

interface Decoding {
  head: DecodeListing;
  index: FrameIndex;
}

/** Opens a clip: describes it and lists its frames. */
export const probe = async (path: string, options: ProbeOptions): Promise<ProbeResult> => {
  const { ffmpeg, signal } = options;
  const step = progressMeter(await checkFile(path), options.onProgress);
  const decode = (stream: number, { timeBase }: StreamHeader, most: number | null, onFrame?: () => void): Promise<DecodeListing> =>
    listDecoded({ ffmpeg, path, stream, timeBase, most, signal, ...(onFrame && { onFrame }) });
  // The first frames are decoded while the rest is listed; of the stream that is the largest so far.
  let early: { stream: number; head: Promise<DecodeListing> } | null = null;
  const packets = await listPackets({
    ffmpeg,
    path,
    signal,
    onPacket: step,
    onStreams: (streams) => {
      const stream = options.stream ?? largestStream(streams);
      const header = streams[stream];
      if (!header) return;
      early = { stream, head: decode(stream, header, checkedFrames) };
      early.head.catch(() => {});
    },
  });
  if (packets.streams.length === 0) throw await explainNothing(path, ffmpeg, packets.stderr, null);
  const stream = chooseStream(path, packets.streams, options.stream);
  const listed = packets.streams[stream]!;
  if (listed.pts.length === 0 && !listed.isDoubtful) throw await explainNothing(path, ffmpeg, packets.stderr, listed.codec);
  const begun = early as { stream: number; head: Promise<DecodeListing> } | null;
  const head = await (begun?.stream === stream ? begun.head : decode(stream, listed, checkedFrames));
  const decoded = await buildIndex(path, packets, stream, head, options, (most, onFrame) => decode(stream, listed, most, onFrame));
  const damage = await damageOf(path, packets.stderr, decoded.head.container, signal);
  const form = pictureOf(listed, decoded.head.facts!, await workOn(decoded.head.facts!, ffmpeg, options.deinterlace));
  const pictures = await picturesOf(path, decoded.head.container, decoded.index);
  return { info: { ...describe(path, packets, stream, decoded, form), damage, pictures }, index: decoded.index };
};

const buildIndex = async (
  path: string,
  packets: PacketListing,
  stream: number,
  head: DecodeListing,
  options: ProbeOptions,
  decode: (most: number | null, onFrame: () => void) => Promise<DecodeListing>,
): Promise<Decoding> => {
  const listed = packets.streams[stream]!;
  const { timeBase, lastDurationTicks, keyPts } = listed;
  const isSmall = listed.pts.length * area(listed) <= smallClip;
  const isTrusted =
    !isSmall &&
    !listed.isDoubtful &&
    packets.stderr.damage === null &&
    !untrustedContainers.test(head.container) &&
    !untrustedCodecs.has(listed.codec);
  if (isTrusted) {
    const pts = reconcile(Float64Array.from(listed.pts).sort(), head.ticks);
    if (pts !== null) return { head, index: new FrameIndex(pts, timeBase, lastDurationTicks, keyPts) };
  }
  const step = progressMeter(listed.pts.length, isSmall ? undefined : options.onProgress);
  const all = await decode(null, () => step(1));
  if (all.ticks.length === 0) throw await explainNothing(path, options.ffmpeg, all.stderr, listed.codec);
  return { head: all, index: FrameIndex.repaired(all.ticks, timeBase, lastDurationTicks, keyPts) };
};

/** Whose picture each frame is goes by its time, so that one that can't be decoded shifts no other's name. */
const picturesOf = async (path: string, container: string, index: FrameIndex): Promise<PictureNames | null> => {
  const list = /(^|,)mov(,|$)/.test(container) ? await readPictureList(path) : null;
  if (!list) return null;
  const { num, den } = index.sourceTimeBase;
  const numbers = Array.from({ length: index.length }, (_, i) =>
    Math.round((index.sourceTicks(i) * num * list.rate.num) / (den * list.rate.den)),
  );
  if (numbers.some((number) => list.names[number] === undefined)) return null;
  const shown = new Set(numbers);
  return {
    folder: list.folder,
    names: numbers.map((number) => list.names[number]!),
    missing: list.names.filter((_, number) => !shown.has(number)),
  };
};

const describe = (
  path: string,
  packets: PacketListing,
  stream: number,
  { head, index }: Decoding,
  form: PictureForm,
): Omit<MediaInfo, 'damage' | 'pictures'> => {
  const listed = packets.streams[stream]!;
  const { timeBase: base } = listed;
  const videoStart = (listed.pts.reduce((least, pts) => Math.min(least, pts), listed.pts[0] ?? 0) * base.num) / base.den;
  return {
    path,
    streams: packets.streams.map(({ codec, width, height }) => ({ codec, width, height })),
    stream,
    ...form,
    durationMs: index.durationMs,
    averageFps: 1000 / index.ticksToMs(index.averageTicks()),
    timeBase: index.timeBase,
    hasAudio: head.sound !== null,
    audioCodec: head.sound?.codec ?? null,
    frameCount: index.length,
    isVariableFrameRate: index.isVariable,
    container: head.container,
    startSec: Math.min(videoStart, head.soundStartSec ?? videoStart),
    isSeekExact: !listed.hasMissingTimes && !untimedContainers.test(head.container) && index.isAscending,
    hasChanges: head.facts!.hasChanges,
    repair: index.repair,
  };
};
