/** Writes what was tracked: the annotated clip, palette masks, a contact sheet. Nothing half-written keeps a final name. */
import { dirname } from 'node:path';
import { encode as encodePng } from 'fast-png';
import { ensureFolder, writeWhole } from '../../common/files.ts';
import type { EngineInput } from '../api/protocol.ts';
import { openEncoder } from '../media/encode.ts';
import type { MediaSource } from '../pipeline/media-source.ts';
import { Compositor, rgbToYuv } from './compositor.ts';
import { ContactSheet } from './contact-sheet.ts';
import { drawLabel } from './draw-label.ts';
import type { MaskFeed } from './mask-feed.ts';
import { MaskPictures } from './mask-pictures.ts';
import { labelText, renderTexts } from './text-pictures.ts';

type ExportInput = EngineInput<'exportResults'>;

/**
 * Goes over the frames once and writes everything asked for. Masks that overlap are painted in the order of `objects`, so the
 * last one shows, in the video and in the PNGs alike.
 */
export const exportResults = async (
  source: MediaSource,
  input: ExportInput,
  feed: Pick<MaskFeed, 'at'>,
  ffmpeg: string,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<void> => {
  const { width, height, colorSpace, fullRange } = source.media;
  const total = input.to - input.from + 1;
  const { overlays } = input;
  const objects = input.objects.map((object) => ({ ...object, yuv: rgbToYuv(object.color, colorSpace, fullRange) }));
  if (input.masksDirectory) await ensureFolder(input.masksDirectory);
  const pictures =
    input.masksDirectory === null
      ? null
      : new MaskPictures(
          input.masksDirectory,
          objects.map(({ id }) => id),
          source.media,
        );
  const sheet = input.contactSheet ? new ContactSheet(width, height, colorSpace, fullRange, total) : null;
  const isWhole = input.from === 0 && input.to === source.media.frameCount - 1;
  const needsPicture = input.video !== null || sheet !== null;

  if (!needsPicture) {
    for (let frame = input.from; frame <= input.to; frame++) {
      await pictures?.put(frame, await feed.at(frame));
      onProgress(frame - input.from + 1, total);
    }
    await pictures?.end();
    return;
  }

  if (input.video) await ensureFolder(dirname(input.video));
  const texts =
    overlays?.labels && objects.length > 0
      ? await renderTexts(
          objects.map(({ name }) => labelText(name)),
          Math.max(12, Math.round(height / 36)),
          ffmpeg,
        )
      : [];
  const contour = overlays?.contours === false ? 0 : Math.max(2, Math.round(height / 540));
  const compositor = new Compositor(width, height, { fill: overlays?.fill ?? 0, contour });
  const encoder = input.video
    ? await openEncoder({
        output: input.video,
        width,
        height,
        timeBase: source.media.timeBase,
        colorSpace,
        fullRange,
        audioFrom: source.media.hasAudio ? source.media.path : null,
        ...(isWhole ? {} : { rangeMs: { start: source.index.timeMs(input.from), end: source.index.timeMs(input.to) } }),
        averageTicks: source.index.averageTicks(),
        ffmpeg,
        signal,
      })
    : null;
  try {
    let done = 0;
    for await (const { frame, display } of source.decodeFull(input.from, input.to, signal)) {
      const masks = await feed.at(frame);
      if (overlays) {
        const boxes = objects.map(({ id, yuv }) => (masks.has(id) ? compositor.draw(display!, masks.get(id)!, yuv) : null));
        // Names come last: no mask covers them.
        boxes.forEach((box, i) => {
          if (box && texts[i]) drawLabel(display!, { width, height }, box, texts[i], objects[i]!.yuv);
        });
      }
      sheet?.add(frame - input.from, display!);
      await encoder?.write(display!, source.index.ptsTicks(frame));
      await pictures?.put(frame, masks);
      onProgress(++done, total);
    }
    await pictures?.end();
    await encoder?.finish();
  } catch (error) {
    await encoder?.abort();
    throw error;
  } finally {
    // Nothing is written any more when this is over.
    await pictures?.end().catch(() => {});
  }
  if (sheet && input.contactSheet) {
    const picture = sheet.finish();
    await ensureFolder(dirname(input.contactSheet));
    await writeWhole(
      input.contactSheet,
      encodePng({ width: picture.width, height: picture.height, data: picture.rgb, channels: 3, depth: 8 }),
    );
  }
};
