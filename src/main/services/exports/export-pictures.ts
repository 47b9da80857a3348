/** Video, palette masks and contact sheet of an export: the engine's work, and the names that it gets. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';
import { defaultOverlayStyle, type OverlayStyle } from '../../../shared/export-choice.ts';
import type { Redaction } from '../../../shared/redaction.ts';
import { replaceFolder } from '../../common/atomic-file.ts';
import { hasWideLabels } from '../../common/mask-names.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { ExportRun } from './export-run.ts';
import type { FollowedRun } from './followed-run.ts';

export interface PicturesRequest {
  directory: string;
  video: boolean;
  masks: boolean;
  contactSheet: boolean;
  /** How masks are drawn into the video; null: not at all. */
  overlays?: OverlayStyle | null | undefined;
  /** Hides objects in the video. */
  redaction?: Redaction | undefined;
  /** What was written when it is cancelled or fails is kept, under names that say it is partial. */
  keepsPartial?: boolean | undefined;
  /** The run whose frames are written while it makes them. */
  follow?: FollowedRun | undefined;
}

export interface PicturesJob {
  sessionId: string;
  request: PicturesRequest;
  range: { from: number; to: number };
  /** Those that are drawn. */
  objects: readonly TrackedObject[];
  /** Name of the video's file. */
  videoName: string;
  /** COCO compressed counts of the masks on a frame, by object. */
  masksOn: (frame: number) => [number, string][];
  run: ExportRun;
  /** @param done frames */
  onProgress(done: number): void;
}

/** A name that is not taken, e.g. "masks.partial" or "annotated.partial (2).mp4". */
const partialName = (path: string): string => {
  const extension = extname(path);
  const name = join(dirname(path), `${basename(path, extension)}.partial`);
  let free = `${name}${extension}`;
  for (let n = 2; existsSync(free); n++) free = `${name} (${n})${extension}`;
  return free;
};

/**
 * Files have their usual names when they are whole. With `keepsPartial` those that were cut short are kept too, under
 * names that say so.
 * @returns how it ended
 */
export const writePictures = async (job: PicturesJob): Promise<'done' | 'cancelled'> => {
  const { request, range, objects, run } = job;
  const { directory, follow = null } = request;
  if (run.signal.aborted) return 'cancelled';
  const video = request.video ? join(directory, job.videoName) : null;
  const cutVideo = video && partialName(video);
  const masks = request.masks ? join(directory, 'masks') : null;
  // Also what a killed run leaves says by its name that it is partial.
  const staged = masks && `${masks}.partial-${run.id}`;
  const contactSheet = request.contactSheet ? join(directory, 'contact-sheet.png') : null;
  const peer = run.engine();
  const masksSent = sendMasks(peer, job);
  const cancel = (): void => {
    if (request.keepsPartial) peer.call('endExport', { runId: run.id, last: null, isWhole: false }).catch(() => {});
  };
  run.signal.addEventListener('abort', cancel, { once: true });
  let isWhole = false;
  try {
    const working = peer.call('exportResults', {
      ...{ sessionId: job.sessionId, runId: run.id, ...range, video, cutVideo, masksDirectory: staged, contactSheet },
      overlays: overlaysOf(request),
      redaction: request.redaction,
      objects: objects.map(({ id, name, color }) => ({ id, name, color })),
    });
    void follow?.ended().then(({ last }) => peer.call('endExport', { runId: run.id, last, isWhole: true }).catch(() => {}));
    const outcome = await working;
    if (masksSent.failure) throw masksSent.failure;
    const last = Math.min(range.to, follow ? (await follow.ended()).last : range.to);
    isWhole = outcome.state === 'done' && (outcome.last ?? -1) >= last;
    if (isWhole && outcome.last !== null && video) run.onWritten({ name: job.videoName, path: video });
    if (isWhole && outcome.last === range.to && contactSheet) run.onWritten({ name: 'contact-sheet.png', path: contactSheet });
    if (!isWhole && cutVideo && existsSync(cutVideo)) run.onWritten({ name: basename(cutVideo), path: cutVideo });
    return isWhole ? 'done' : 'cancelled';
  } finally {
    run.listen(null);
    run.signal.removeEventListener('abort', cancel);
    if (staged && masks) await nameMasks(staged, masks, isWhole, job);
  }
};

/** A redacted video shows no outlines of what it hides. */
const overlaysOf = ({ overlays, redaction }: PicturesRequest): OverlayStyle | null =>
  overlays === undefined && !redaction ? defaultOverlayStyle : (overlays ?? null);

/** Answers the engine's questions for masks. */
const sendMasks = (peer: EnginePeer, { masksOn, request, run, onProgress }: PicturesJob): { failure: AppError | null } => {
  const sent: { failure: AppError | null } = { failure: null };
  const send = (from: number, to: number): void => {
    try {
      const frames = Array.from({ length: to - from + 1 }, (_, i) => ({
        frame: from + i,
        masks: masksOn(from + i),
      }));
      peer.call('exportMasks', { runId: run.id, from, frames }).catch(() => {});
    } catch (error) {
      // Without its masks the engine would wait for ever.
      sent.failure = AppError.from(error);
      peer.call('cancel', { runId: run.id }).catch(() => {});
    }
  };
  run.listen({
    onProgress: ({ done }) => onProgress(done),
    onNeeds: ({ from, to }) => {
      if (request.follow) void request.follow.until(to).then(() => send(from, to));
      else send(from, to);
    },
  });
  return sent;
};

/** A folder of masks gets its name when all of them are there. */
const nameMasks = async (staged: string, masks: string, isWhole: boolean, { request, objects, run }: PicturesJob): Promise<void> => {
  const isEmpty = (await readdir(staged).catch(() => [])).length === 0;
  if (isEmpty || (!isWhole && !request.keepsPartial)) {
    await rm(staged, { recursive: true, force: true });
    return;
  }
  const path = isWhole ? masks : partialName(masks);
  await replaceFolder(staged, path);
  const note = hasWideLabels(objects.map(({ id }) => id)) ? '16-bit grey PNGs, since an object has an id above 255' : undefined;
  run.onWritten({ name: basename(path), path, note });
};
