/** What a container says of its pictures: a pass that only demuxes, seconds for hours of video. */
import { inputArgs, runFfmpeg } from './ffmpeg-process.ts';
import type { StderrLog } from './stderr-log.ts';
import { FrameCrcReader, type StreamHeader } from './stream-info.ts';

/** A video stream that is no cover, by its packets. */
export interface ListedStream extends StreamHeader {
  kind: 'video';
  pts: number[];
  /** Times of packets that decoding can begin at. */
  keyPts: number[];
  /** Of the packet with the newest time; 0 where nobody says. */
  lastDurationTicks: number;
  hasMissingTimes: boolean;
  /** Some packet had no time stamp, or two had the same, or one was damaged, or they went back. */
  isDoubtful: boolean;
}

export interface PacketListing {
  streams: ListedStream[];
  stderr: StderrLog;
}

export interface PacketListOptions {
  ffmpeg: string;
  path: string;
  signal?: AbortSignal | undefined;
  /** Told the bytes of each packet. */
  onPacket: (bytes: number) => void;
  /** Told the streams when they are known, before their packets. */
  onStreams?: (streams: readonly StreamHeader[]) => void;
}

const emptyStream = (header: StreamHeader): ListedStream => ({
  ...header,
  kind: 'video',
  pts: [],
  keyPts: [],
  lastDurationTicks: 0,
  hasMissingTimes: false,
  isDoubtful: false,
});

/** @param map of the streams to list */
export const listPackets = async (options: PacketListOptions, map = '0:V'): Promise<PacketListing> => {
  const { ffmpeg, path, signal, onPacket, onStreams } = options;
  const reader = new FrameCrcReader();
  const streams: ListedStream[] = [];
  const newest: number[] = [];
  // Without the description for people. copyinkf: packets before the first key frame count until decoding says
  // otherwise.
  const output = ['-loglevel', 'repeat+level+warning', '-map', map, '-c', 'copy', '-copyinkf', '-copyts', '-f', 'framecrc', 'pipe:1'];
  const { stderr } = await runFfmpeg(ffmpeg, [...inputArgs(path), ...output], {
    signal,
    onLine: (line) => {
      const entry = reader.read(line);
      if (entry === null) return;
      if (streams.length === 0) {
        streams.push(...reader.streams.map(emptyStream));
        onStreams?.(streams);
      }
      const stream = streams[entry.stream];
      if (!stream) return;
      onPacket(entry.bytes);
      if (entry.isCorrupt) stream.isDoubtful = true;
      if (entry.isKey && entry.pts !== null) stream.keyPts.push(entry.pts);
      if (entry.isDiscarded) return;
      if (entry.pts === null) {
        stream.hasMissingTimes = true;
        return;
      }
      stream.pts.push(entry.pts);
      if (entry.pts > (newest[entry.stream] ?? Number.NEGATIVE_INFINITY)) {
        newest[entry.stream] = entry.pts;
        stream.lastDurationTicks = entry.durationTicks;
      }
    },
  });
  if (streams.length === 0) streams.push(...reader.streams.map(emptyStream));
  for (const stream of streams) stream.isDoubtful ||= stream.hasMissingTimes || new Set(stream.pts).size !== stream.pts.length;
  // The muxer makes times increase that do not, and says so.
  if (stderr.has(/Non-monoton|non monoton/)) for (const stream of streams) stream.isDoubtful = true;
  // One stream without a size keeps ffmpeg from listing any.
  if (streams.every(({ pts, isDoubtful }) => pts.length === 0 && !isDoubtful) && map === '0:V') return listPackets(options, '0:V:0');
  return { streams, stderr };
};
