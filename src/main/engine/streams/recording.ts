/**
 * Makes one clip of the files of a live recording: packets are copied into a Matroska file with its index, each file at
 * the time at which it was recorded. Nothing is encoded again.
 */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { replaceFile } from '../../common/atomic-file.ts';
import { type JoinedSegment, type LiveTime, readTimes, segmentName } from '../api/recording.ts';
import { inputArgs, runFfmpeg } from '../media/ffmpeg-process.ts';
import { recordedMaps } from '../media/network-source.ts';
import { probe } from '../media/probe.ts';

interface Part {
  segment: number;
  startMs: number;
  durationMs: number;
  frameMs: number;
}

const partOf = async (ffmpeg: string, folder: string, segment: number): Promise<Part | null> => {
  try {
    const { info } = await probe(join(folder, segmentName(segment)), { ffmpeg });
    return { segment, startMs: info.startSec * 1000, durationMs: info.durationMs, frameMs: 1000 / info.averageFps };
  } catch (error) {
    // A connection that gave no picture left nothing to keep.
    const { code } = AppError.from(error);
    if (code === 'ffmpeg-missing' || code === 'cancelled') throw error;
    return null;
  }
};

/**
 * When each part begins, ms after the first: by the clock, and never before the one before it has ended. Exported for
 * its test.
 */
export const placeParts = (parts: readonly Part[], times: readonly LiveTime[]): number[] => {
  const beganAt = new Map<number, number>();
  for (const { segment, ptsMs, wallMs } of times) if (!beganAt.has(segment)) beganAt.set(segment, wallMs - ptsMs);
  const places: number[] = [];
  parts.forEach(({ segment, startMs }, i) => {
    const before = parts[i - 1];
    if (!before) {
      places.push(0);
      return;
    }
    const least = places[i - 1]! + before.durationMs + before.frameMs;
    const first = beganAt.get(parts[0]!.segment);
    const own = beganAt.get(segment);
    const byClock = first === undefined || own === undefined ? least : own + startMs - (first + parts[0]!.startMs);
    places.push(Math.max(least, Math.round(byClock)));
  });
  return places;
};

/**
 * @param folder of the recording
 * @param output the clip; it appears under its name when it is whole
 * @throws AppError `source-empty` when no picture was recorded, `disk-full`
 */
export const joinRecording = async (ffmpeg: string, folder: string, output: string): Promise<{ segments: JoinedSegment[] }> => {
  const parts: Part[] = [];
  for (let segment = 0; existsSync(join(folder, segmentName(segment))); segment++) {
    const part = await partOf(ffmpeg, folder, segment);
    if (part) parts.push(part);
  }
  const first = parts[0];
  if (!first)
    throw new AppError(
      'source-empty',
      'It was stopped before any video arrived, so nothing was recorded. Wait for the picture, then stop.',
    );
  const places = placeParts(parts, readTimes(folder));
  const partial = `${output}.partial`;
  const list = join(folder, 'segments.txt');
  try {
    const lines = parts.map(({ segment }, i) => {
      const next = places[i + 1];
      const duration = next === undefined ? '' : `duration ${((next - places[i]!) / 1000).toFixed(3)}\n`;
      return `file ${segmentName(segment)}\n${duration}`;
    });
    await writeFile(list, `ffconcat version 1.0\n${lines.join('')}`);
    const input =
      parts.length === 1
        ? inputArgs(join(folder, segmentName(first.segment)))
        : ['-protocol_whitelist', 'file', '-f', 'concat', '-safe', '1', '-i', `file:${list}`];
    const args = [...recordedMaps, '-c', 'copy', '-f', 'matroska', '-y', `file:${partial}`];
    const { code, stderr } = await runFfmpeg(ffmpeg, [...input, ...args]);
    const isFull = stderr.has(/No space left/i);
    if (isFull && parts.length === 1) {
      // It can be read as it is, only slower to seek in: no room for a second one is needed.
      await rm(partial, { force: true });
      await replaceFile(join(folder, segmentName(first.segment)), output);
      return { segments: [{ segment: first.segment, offsetMs: 0 }] };
    }
    if (isFull)
      throw new AppError(
        'disk-full',
        `The disk is full, so the recording could not be finished. It is kept in ${folder}. Free some space.`,
      );
    if (code !== 0)
      throw new AppError('encode-failed', `The recording could not be finished: ${stderr.lastError()}. It is kept in ${folder}.`);
    await replaceFile(partial, output);
  } finally {
    await rm(partial, { force: true });
    await rm(list, { force: true });
  }
  return { segments: parts.map(({ segment, startMs }, i) => ({ segment, offsetMs: places[i]! - startMs })) };
};
