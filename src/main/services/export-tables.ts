/** Results as tables that other programs read: COCO JSON with run lengths, and CSV of tracks. */
import type { TrackedObject } from '../../shared/contract.ts';
import type { MaskStore } from './mask-store.ts';

export interface TableSource {
  /** Of the clip, in px. */
  width: number;
  height: number;
  objects: readonly TrackedObject[];
  store: MaskStore;
  /** Inclusive. */
  range: { from: number; to: number };
  timeMs: (frame: number) => number;
}

/** Frames and objects that hold a mask, by frame. */
function* masksOf({ objects, store, range }: TableSource) {
  for (let frame = range.from; frame <= range.to; frame++)
    for (const object of objects) {
      const stored = store.get(object.id, frame);
      if (stored) yield { frame, object, stored };
    }
}

/**
 * COCO's detection format: one image a frame, one category an object. Image ids are frame numbers plus 1, since pycocotools takes
 * 0 for none. An empty mask makes no annotation.
 */
export const cocoJson = (source: TableSource, clipName: string, appVersion: string): string => {
  const { width, height, range, objects, timeMs } = source;
  const images = [];
  for (let frame = range.from; frame <= range.to; frame++)
    images.push({ id: frame + 1, file_name: `${String(frame).padStart(5, '0')}.png`, width, height, frame, time_ms: timeMs(frame) });
  const annotations = [];
  for (const { frame, object, stored } of masksOf(source)) {
    if (!stored.box) continue;
    annotations.push({
      id: annotations.length + 1,
      image_id: frame + 1,
      category_id: object.id,
      track_id: object.id,
      segmentation: { size: [height, width], counts: stored.counts },
      bbox: stored.box,
      area: stored.area,
      iscrowd: 0,
      score: stored.score,
    });
  }
  const categories = objects.map(({ id, name }) => ({ id, name, supercategory: 'object' }));
  return `${JSON.stringify({ info: { description: clipName, version: appVersion }, images, categories, annotations })}\n`;
};

/** A cell that a spreadsheet takes as text: quoted where needed, and never as a formula. */
const cell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** One row for each object and frame. Lengths in source px, times in ms from the first frame. */
export const tracksCsv = (source: TableSource): string => {
  const rows = ['frame,time_ms,object_id,object,x,y,width,height,area,score,object_logit,prompted'];
  for (const { frame, object, stored } of masksOf(source)) {
    const box = stored.box ?? ['', '', '', ''];
    rows.push(
      [
        frame,
        source.timeMs(frame).toFixed(3),
        object.id,
        cell(object.name),
        ...box,
        stored.area,
        stored.score.toFixed(4),
        stored.objectLogit.toFixed(3),
        stored.prompted ? 1 : 0,
      ].join(','),
    );
  }
  return `${rows.join('\n')}\n`;
};
