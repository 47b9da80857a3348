/** How large an export will be, and whether it fits. */
import { existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { formatBytes } from '../../../shared/format-bytes.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { SessionService } from '../session/session-service.ts';
import type { ExportChoice } from './export-service.ts';

/** A PNG takes this much and about twice its compressed run lengths. */
const pngBytes = 900;
const pngRatio = 2.2;
/** Of an entry in a table, beside the run lengths. */
const entryBytes = 160;
const frameBytes = 60;
const rowBytes = 65;
/** Masks of an object that are looked at. */
const lookedAt = 24;
/** Where nothing could be measured: an annotated clip is seldom larger than this times its source. */
const videoRatio = 2.5;
const leastBitsPerPixel = 0.05;

/** Mean length of an object's run lengths, from some of its masks. */
const meanRunLengths = ({ store }: SessionService, id: number, from: number, to: number): number => {
  let bytes = 0;
  let count = 0;
  const step = Math.max(1, (to - from + 1) / lookedAt);
  for (let at = from; at <= to; at += step) {
    const mask = store.get(id, Math.floor(at));
    if (!mask) continue;
    bytes += mask.counts.length;
    count++;
  }
  if (count > 0) return bytes / count;
  // A few masks among many frames: those there are.
  const few = store
    .frames(id)
    .filter((frame) => frame >= from && frame <= to)
    .slice(0, lookedAt);
  return few.reduce((sum, frame) => sum + (store.get(id, frame)?.counts.length ?? 0), 0) / Math.max(1, few.length);
};

/** @param videoBytes of the annotated video, null where it could not be measured. @returns bytes of all files */
export const estimateExport = (session: SessionService, choice: ExportChoice, videoBytes: number | null): number => {
  const { width, height, frameCount } = session.media;
  const { from, to } = choice.range ?? { from: 0, to: frameCount - 1 };
  const frames = to - from + 1;
  let runLengths = 0;
  let masks = 0;
  for (const { id } of session.objects) {
    if (choice.objectIds && !choice.objectIds.includes(id)) continue;
    const size = session.store.measure(id, from, to);
    if (size.masks === 0) continue;
    masks += size.masks;
    runLengths += size.masks * meanRunLengths(session, id, from, to);
  }
  const roughVideo = (): number =>
    Math.max(statSync(session.path).size * (frames / frameCount) * videoRatio, (frames * width * height * leastBitsPerPixel) / 8);
  const text = runLengths + masks * entryBytes + frames * frameBytes;
  return Math.ceil(
    (choice.video ? (videoBytes ?? roughVideo()) : 0) +
      (choice.masks ? frames * pngBytes + runLengths * pngRatio : 0) +
      (choice.json ? text : 0) +
      (choice.coco ? text + frames * frameBytes : 0) +
      (choice.csv ? masks * rowBytes : 0),
  );
};

/**
 * What was measured of videos to be written: the dialog asks again with every choice, and few of them change the video.
 */
export class VideoSizes {
  readonly #peer: () => EnginePeer;
  readonly #asked = new Map<string, Promise<number | null>>();
  readonly #known = new Map<string, number>();
  #measuring = new AbortController();

  constructor(peer: () => EnginePeer) {
    this.#peer = peer;
  }

  /** Bytes; null when they can't be measured now. A newer range makes an older one's measurement end so. */
  async of(session: SessionService, { from, to }: { from: number; to: number }): Promise<number | null> {
    const found = this.known(session, { from, to });
    if (found !== null) return found;
    const key = keyOf(session, { from, to });
    const asked = this.#asked.get(key);
    if (asked) return asked;
    const measuring = session.wake().then(
      () => this.#measure(session.id, from, to),
      () => null,
    );
    this.#asked.set(key, measuring);
    void measuring.then((bytes) => {
      this.#asked.delete(key);
      // What failed or was given up is measured anew when it is asked for again.
      if (bytes === null) return;
      this.#known.set(key, bytes);
      if (this.#known.size > mostKnown) this.#known.delete(this.#known.keys().next().value!);
    });
    return measuring;
  }

  /** null when it was not measured yet. */
  known(session: SessionService, range: { from: number; to: number }): number | null {
    return this.#known.get(keyOf(session, range)) ?? null;
  }

  async #measure(sessionId: string, from: number, to: number): Promise<number | null> {
    try {
      this.#measuring.abort();
      this.#measuring = new AbortController();
      const { signal } = this.#measuring;
      const { videoBytes } = await this.#peer().call('measureExport', { sessionId, from, to }, { signal });
      return videoBytes;
    } catch {
      // An estimate is no reason to refuse an export.
      return null;
    }
  }
}

const mostKnown = 32;
const keyOf = ({ id }: SessionService, { from, to }: { from: number; to: number }): string => `${id} ${from} ${to}`;

/** Bytes that may still be written where `directory` is or will be; null when nobody knows. */
export const freeBytes = async (directory: string): Promise<number | null> => {
  let there = directory;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    const { bavail, bsize } = await statfs(there);
    return bavail * bsize;
  } catch {
    return null;
  }
};

/** @throws AppError `disk-full` before anything is written */
export const requireRoom = async (directory: string, bytes: number): Promise<void> => {
  const free = await freeBytes(directory);
  if (free !== null && free < bytes)
    throw new AppError(
      'disk-full',
      `The export needs about ${formatBytes(bytes)}, and ${directory} has ${formatBytes(free)} free. Choose another folder, a shorter range or fewer files.`,
      { details: { bytes, free } },
    );
};
