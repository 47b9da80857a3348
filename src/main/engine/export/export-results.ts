/**
 * Writes what was tracked: the annotated clip, palette masks, a contact sheet. Nothing half-written keeps a final name.
 */
import { dirname } from 'node:path';
import { encode as encodePng } from 'fast-png';
import { AppError } from '../../../shared/errors.ts';
import { ensureFolder, writeWhole } from '../../common/files.ts';
import { MaskNames } from '../../common/mask-names.ts';
import type { EngineInput } from '../api/protocol.ts';
import { openEncoder } from '../media/encode.ts';
import type { MediaSource } from '../pipeline/media-source.ts';
import { Compositor, rgbToYuv } from './compositor.ts';
import { ContactSheet } from './contact-sheet.ts';
import { drawLabel } from './draw-label.ts';
import type { FrameMasks, MaskFeed } from './mask-feed.ts';
import { MaskPictures } from './mask-pictures.ts';
import { Redactor } from './redactor.ts';
import { labelText, renderTexts } from './text-pictures.ts';

type ExportInput = EngineInput<'exportResults'>;

export interface WrittenResults {
  /** The last frame that was written; null when none was. */
  last: number | null;
  /** Why that is not the last one that was asked for, where it is the source's fault. */
  warning: string | null;
}

/** Frames whose picture nobody needs. */
async function* withoutPictures(from: number, to: number): AsyncGenerator<{ frame: number; display: null }> {
  for (let frame = from; frame <= to; frame++) yield { frame, display: null };
}

/**
 * Goes over the frames once and writes everything asked for. Masks that overlap are painted in the order of `objects`,
 * so the last one shows, in the video and in the PNGs alike. Where the feed or the source ends early, what there is
 * until then is made whole, but for the contact sheet.
 */
export const exportResults = async (
  source: MediaSource,
  input: ExportInput,
  feed: Pick<MaskFeed, 'at' | 'isWhole'>,
  ffmpeg: string,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<WrittenResults> => {
  const { width, height, colorSpace, fullRange } = source.media;
  const { from, to, overlays } = input;
  const total = to - from + 1;
  const objects = input.objects.map((object) => ({ ...object, yuv: rgbToYuv(object.color, colorSpace, fullRange) }));
  if (input.masksDirectory) await ensureFolder(input.masksDirectory);
  const objectIds = objects.map(({ id }) => id);
  const pictures =
    input.masksDirectory === null
      ? null
      : new MaskPictures(input.masksDirectory, objectIds, source.media, new MaskNames(source.media.pictures?.names ?? null));
  const sheet = input.contactSheet ? new ContactSheet(width, height, colorSpace, fullRange, total) : null;
  const isWholeClip = from === 0 && to === source.media.frameCount - 1;
  if (input.video) await ensureFolder(dirname(input.video));
  const texts =
    input.video !== null && overlays?.labels && objects.length > 0
      ? await renderTexts(
          objects.map(({ name }) => labelText(name)),
          Math.max(12, Math.round(height / 36)),
          ffmpeg,
        )
      : [];
  const contour = overlays?.contours === false ? 0 : Math.max(2, Math.round(height / 540));
  const compositor = new Compositor(width, height, { fill: overlays?.fill ?? 0, contour });
  const redactor = input.redaction ? new Redactor(width, height, input.redaction, fullRange) : null;
  const encoder = input.video
    ? await openEncoder({
        output: input.video,
        width,
        height,
        timeBase: source.media.timeBase,
        colorSpace,
        fullRange,
        audioFrom: source.media.hasAudio && input.redaction?.keepsSound !== false ? source.media.path : null,
        keepsChapters: redactor === null,
        ...(isWholeClip ? {} : { rangeMs: { start: source.index.timeMs(from), end: source.index.timeMs(to) } }),
        lastTicks: source.index.durationTicks(to),
        marks: source.media,
        ffmpeg,
        signal,
      })
    : null;
  const written: WrittenResults = { last: null, warning: null };
  const write = async (frame: number, display: Uint8Array | null): Promise<boolean> => {
    const masks = await feed.at(frame);
    if (masks === null) return false;
    if (display) {
      redactor?.apply(display, masks);
      if (overlays) draw(display, masks);
      sheet?.add(frame - from, display);
      await encoder?.write(display, source.index.ptsTicks(frame));
    }
    await pictures?.put(frame, masks);
    written.last = frame;
    onProgress(frame - from + 1, total);
    return true;
  };
  try {
    const needsPicture = encoder !== null || sheet !== null;
    try {
      for await (const { frame, display } of needsPicture ? source.decodeFull(from, to, signal) : withoutPictures(from, to))
        if (!(await write(frame, display))) break;
    } catch (error) {
      const { code, message } = AppError.from(error);
      if (code !== 'source-truncated' || written.last === null) throw error;
      written.warning = message;
    }
    await pictures?.end();
    if (written.last === null) await encoder?.abort();
    else {
      const isWhole = feed.isWhole && written.warning === null;
      await encoder?.finish(written.last === to ? null : isWhole ? input.video : input.cutVideo);
    }
  } catch (error) {
    await encoder?.abort();
    throw error;
  } finally {
    // Nothing is written any more when this is over.
    await pictures?.end().catch(() => {});
  }
  if (sheet && input.contactSheet && written.last === to) {
    const picture = sheet.finish();
    await ensureFolder(dirname(input.contactSheet));
    await writeWhole(
      input.contactSheet,
      encodePng({ width: picture.width, height: picture.height, data: picture.rgb, channels: 3, depth: 8 }),
    );
  }
  return written;

  function draw(display: Uint8Array, masks: FrameMasks): void {
    const boxes = objects.map(({ id, yuv }) => (masks.has(id) ? compositor.draw(display, masks.get(id)!, yuv) : null));
    // Names come last: no mask covers them.
    boxes.forEach((box, i) => {
      if (box && texts[i]) drawLabel(display, { width, height }, box, texts[i], objects[i]!.yuv);
    });
  }
};
