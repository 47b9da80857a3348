/**
 * What is in a file: picture geometry, colour, and the exact time of every frame.
 *
 * The index comes from one pass that only demuxes (seconds for hours of video). Demuxers and decoders do not always agree about
 * how many frames there are (open GOPs, field pairs, hidden frames, damage), so the first frames are decoded and compared, and
 * where the two differ, or the container is known to lie, the index is taken from decoding the whole clip instead.
 */
import { open, stat } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import { passthroughArgs } from './ffmpeg-binary.ts';
import { inputArgs, runFfmpeg, type StderrLog } from './ffmpeg-process.ts';
import { FrameIndex, type TimeBase } from './frame-index.ts';
import { type ColorSpace, FrameCrcReader, type InputDescription, parseInputDescription, type StreamDescription } from './stream-info.ts';

export interface MediaInfo {
  path: string;
  /** Display size: turned upright, pixels made square. Pass it on when asking for frames. */
  width: number;
  height: number;
  codec: string;
  pixelFormat: string;
  /** Matrix of the YUV planes this folder hands out. Guessed by size where the file does not say. */
  colorSpace: ColorSpace;
  fullRange: boolean;
  durationMs: number;
  averageFps: number;
  timeBase: TimeBase;
  hasAudio: boolean;
  audioCodec: string | null;
  /** Clockwise degrees that ffmpeg turns the coded picture by; width and height are after it. */
  rotation: number;
  frameCount: number;
  isVariableFrameRate: boolean;
  /** Demuxer names, comma-separated, as ffmpeg has them. */
  container: string;
  /** Start of the container in seconds, which ffmpeg's -ss counts from. */
  startSec: number;
  /** False where packets carry no times of their own (AVI with B-frames, raw streams): a seek would renumber frames there. */
  isSeekExact: boolean;
  /** The file ends before its own tables say. The index holds only the frames that are there. */
  isTruncated: boolean;
}

export interface ProbeResult {
  info: MediaInfo;
  index: FrameIndex;
}

export interface ProbeOptions {
  ffmpeg: string;
  signal?: AbortSignal | undefined;
  /** Told what the container says of itself, before it is compared with decoded frames; the index may still turn out otherwise. */
  onListed?: ((draft: ProbeResult) => void) | undefined;
  /** Told every few hundred frames how far it is: bytes of the file while it is listed, frames when it has to be decoded. */
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

interface Listing {
  entries: { pts: number[]; keyPts: number[]; lastDurationTicks: number };
  timeBase: TimeBase | null;
  /** Some packet had no time stamp, or two had the same, or one was damaged. */
  isDoubtful: boolean;
  hasMissingTimes: boolean;
  stderr: StderrLog;
  description: InputDescription;
}

/** How many frames are decoded to check the demuxed index. */
const checkedFrames = 24;

/** Elementary streams have no times at all. */
const untimedContainers = /(^|,)(h264|hevc|m4v|mpegvideo|vc1|obu|av1|rm)(,|$)/;

/** Here a packet is often not a frame: packed B-frames, hidden reference frames, missing time stamps. */
const untrustedContainers = /(^|,)(avi|mpeg|nsv|rm|h264|hevc|m4v|mpegvideo|vc1|obu|av1|dv)(,|$)/;
const untrustedCodecs = new Set(['vp8', 'msmpeg4v1', 'msmpeg4v2', 'msmpeg4v3', 'wmv1', 'wmv2', 'rv30', 'rv40', 'svq3']);

/** Times of decoded frames, in ticks of `timeBase`: what the decoder really yields. */
const decodeArgs = (timeBase: TimeBase): string[] => [
  '-copyts',
  '-filter_complex',
  `[0:V:0]settb=${timeBase.num}/${timeBase.den},crop=w=min(iw\\,16):h=min(ih\\,16):x=0:y=0[t]`,
  '-map',
  '[t]',
  ...passthroughArgs,
  '-enc_time_base',
  `${timeBase.num}:${timeBase.den}`,
  '-c:v',
  'rawvideo',
];

/** @param onEntry told of the bytes of each packet or frame */
const list = async (
  path: string,
  outputArgs: readonly string[],
  options: ProbeOptions,
  onEntry: (bytes: number) => void = () => {},
): Promise<Listing> => {
  const reader = new FrameCrcReader();
  const pts: number[] = [];
  const keyPts: number[] = [];
  let isDoubtful = false;
  let hasMissingTimes = false;
  let newestPts = Number.NEGATIVE_INFINITY;
  let lastDurationTicks = 0;
  const { stderr } = await runFfmpeg(options.ffmpeg, [...inputArgs(path), ...outputArgs, '-f', 'framecrc', 'pipe:1'], {
    signal: options.signal,
    onLine: (line) => {
      const entry = reader.read(line);
      if (entry === null) return;
      onEntry(entry.bytes);
      if (entry.isCorrupt) isDoubtful = true;
      if (entry.isDiscarded) {
        if (entry.isKey && entry.pts !== null) keyPts.push(entry.pts);
        return;
      }
      if (entry.pts === null) {
        hasMissingTimes = true;
        return;
      }
      pts.push(entry.pts);
      if (entry.isKey) keyPts.push(entry.pts);
      if (entry.pts > newestPts) {
        newestPts = entry.pts;
        lastDurationTicks = entry.durationTicks;
      }
    },
  });
  if (new Set(pts).size !== pts.length) isDoubtful = true;
  return {
    entries: { pts, keyPts, lastDurationTicks },
    timeBase: reader.timeBase,
    isDoubtful: isDoubtful || hasMissingTimes,
    hasMissingTimes,
    stderr,
    description: parseInputDescription(stderr.head),
  };
};

/** Reports what needs no ffmpeg to see. @returns the file's length */
const checkFile = async (path: string): Promise<number> => {
  let size: number;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new AppError('source-unreadable', `${path} is not a file. Choose a video file.`, { details: { path } });
    size = found.size;
    await (await open(path, 'r')).close();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new AppError('source-missing', `There is no file ${path}. Check the path, or open another video.`, {
        cause: error,
        details: { path },
      });
    throw new AppError('source-unreadable', `${path} could not be opened (${code ?? 'unknown reason'}). Check its permissions.`, {
      cause: error,
      details: { path },
    });
  }
  if (size === 0) throw new AppError('source-empty', `${path} is empty (0 bytes). Copy or record it again.`, { details: { path } });
  return size;
};

/** Whether the first box is one that MP4 and MOV begin with: anything can be called .mp4. */
const beginsAsMp4 = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return bytesRead === 8 && ['ftyp', 'mdat', 'wide', 'free', 'skip'].includes(buffer.toString('latin1', 4, 8));
  } finally {
    await file.close();
  }
};

/** Why a file gave no frames, in the user's words. */
const explainNothing = async (path: string, listing: Listing): Promise<AppError> => {
  const { stderr, description } = listing;
  const details = { path, ffmpeg: stderr.lastError() };
  if (stderr.has(/moov atom not found/) && (await beginsAsMp4(path)))
    return new AppError(
      'source-truncated',
      `${path} is cut off: its table of contents (the moov atom, at the end of the file) is missing, so no frame can be found. Copy or download it again.`,
      { details },
    );
  if (stderr.has(/matches no streams/) || (description.container !== '' && description.video === null))
    return new AppError(
      'source-no-video',
      `${path} holds no video stream${description.audioCodec === null ? '' : ', only sound'}. Choose a file with a picture.`,
      {
        details,
      },
    );
  const refused = stderr.tail
    .map((line) => /^\[(\S+) @ \S+\] .*Format not on whitelist/.exec(line)?.[1])
    .find((name) => name !== undefined);
  if (refused !== undefined)
    return new AppError('source-unreadable', `${path} is no video file (${refused}). Choose one, or convert it to MP4.`, { details });
  if (description.video !== null && stderr.damage !== null)
    return new AppError('source-truncated', `${path} is cut off before its first frame. Copy or download it again.`, { details });
  if (description.video !== null)
    return new AppError(
      'source-no-video',
      `${path} names a video stream (${description.video.codec}) but holds no frame that can be decoded: ${stderr.lastError()}. Convert it to MP4 or choose another file.`,
      {
        details,
      },
    );
  return new AppError(
    'source-unreadable',
    `${path} is not a video that ffmpeg can read: ${stderr.lastError()}. Convert it to MP4 or choose another file.`,
    {
      details,
    },
  );
};

/**
 * Fits the demuxed times to the first decoded ones. Frames before the first decodable picture (a cut in the middle of a group of
 * pictures) go; any other difference means that the demuxed list can't be trusted.
 */
const reconcile = (demuxed: Float64Array, decodedHead: readonly number[]): Float64Array | null => {
  const first = decodedHead[0];
  const at = first === undefined ? -1 : demuxed.indexOf(first);
  // Up to one long group of pictures may be missing; more is another kind of trouble.
  if (at < 0 || at > 600) return null;
  for (let i = 0; i < decodedHead.length; i++) if (demuxed[at + i] !== decodedHead[i]) return null;
  if (decodedHead.length < checkedFrames && at + decodedHead.length !== demuxed.length) return null;
  return demuxed.slice(at);
};

const buildIndex = async (path: string, listing: Listing, timeBase: TimeBase, options: ProbeOptions): Promise<FrameIndex> => {
  const { description, entries } = listing;
  const decoding = decodeArgs(timeBase);
  const isTrusted =
    !listing.isDoubtful &&
    listing.stderr.damage === null &&
    !untrustedContainers.test(description.container) &&
    !untrustedCodecs.has(description.video?.codec ?? '');
  if (isTrusted) {
    const head = await list(path, [...decoding, '-frames:v', String(checkedFrames)], options);
    const pts = reconcile(Float64Array.from(entries.pts).sort(), head.entries.pts);
    if (pts !== null) return new FrameIndex(pts, timeBase, entries.lastDurationTicks, entries.keyPts);
  }
  const step = progressMeter(entries.pts.length, options.onProgress);
  const decoded = await list(path, decoding, options, () => step(1));
  if (decoded.entries.pts.length === 0) throw await explainNothing(path, decoded);
  return new FrameIndex(decoded.entries.pts, timeBase, entries.lastDurationTicks, entries.keyPts);
};

const displaySize = (video: StreamDescription): { width: number; height: number } => {
  const { num, den } = video.sampleAspect;
  // The longer side of a pixel grows, so that no picture information is lost.
  const width = num > den ? Math.round((video.width * num) / den) : video.width;
  const height = num < den ? Math.round((video.height * den) / num) : video.height;
  return video.rotation % 180 === 0 ? { width, height } : { width: height, height: width };
};

const isRgb = (pixelFormat: string): boolean => /^(gbr|rgb|bgr|argb|abgr|pal8|0rgb|0bgr|x2rgb|x2bgr)/.test(pixelFormat);

/** Opens a clip: describes it and lists its frames. */
export const probe = async (path: string, options: ProbeOptions): Promise<ProbeResult> => {
  const step = progressMeter(await checkFile(path), options.onProgress);
  // copyinkf: packets before the first key frame are listed too; whether they decode is found out below.
  const listing = await list(path, ['-map', '0:V:0', '-c', 'copy', '-copyinkf', '-copyts'], options, step);
  const video = listing.description.video;
  if (video === null || listing.timeBase === null || video.width <= 0 || video.height <= 0) throw await explainNothing(path, listing);
  if (listing.entries.pts.length === 0 && !listing.isDoubtful) throw await explainNothing(path, listing);
  const { timeBase, entries } = listing;
  if (options.onListed && entries.pts.length > 0) {
    const draft = new FrameIndex(Float64Array.from(entries.pts).sort(), timeBase, entries.lastDurationTicks, entries.keyPts);
    options.onListed({ info: describe(path, listing, video, timeBase, draft), index: draft });
  }
  const index = await buildIndex(path, listing, timeBase, options);
  return { info: describe(path, listing, video, timeBase, index), index };
};

/** The picture as it is handed out: turned upright, pixels made square; its matrix guessed by size where the source names none. */
export const pictureOf = (
  video: StreamDescription,
): Pick<MediaInfo, 'width' | 'height' | 'codec' | 'pixelFormat' | 'colorSpace' | 'fullRange' | 'rotation'> => ({
  ...displaySize(video),
  codec: video.codec,
  pixelFormat: video.pixelFormat,
  colorSpace: video.colorSpace ?? (video.width >= 1280 || video.height > 576 ? 'bt709' : 'bt601'),
  // RGB sources become limited-range YUV on their way out.
  fullRange: video.fullRange && !isRgb(video.pixelFormat),
  rotation: video.rotation,
});

const describe = (path: string, listing: Listing, video: StreamDescription, timeBase: TimeBase, index: FrameIndex): MediaInfo => {
  return {
    path,
    ...pictureOf(video),
    durationMs: index.durationMs,
    averageFps: 1000 / index.ticksToMs(index.averageTicks()),
    timeBase,
    hasAudio: listing.description.audioCodec !== null,
    audioCodec: listing.description.audioCodec,
    frameCount: index.length,
    isVariableFrameRate: index.isVariable,
    container: listing.description.container,
    startSec: listing.description.startSec,
    isSeekExact: !listing.hasMissingTimes && !untimedContainers.test(listing.description.container),
    isTruncated: listing.stderr.damage !== null,
  };
};
