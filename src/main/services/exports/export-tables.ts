/** Results as tables that other programs read: COCO JSON with run lengths, and CSV of tracks. */
import { csvCell } from '../../common/csv-cell.ts';
import { MaskNames } from '../../common/mask-names.ts';
import { masksOn, type TableSource } from './table-source.ts';

/**
 * COCO's detection format: one image a frame, one category an object. Image ids are frame numbers plus 1, since
 * pycocotools takes 0 for none. An empty mask makes no annotation. Text in parts: two for each frame, and three more.
 */
export function* cocoText(source: TableSource, clipName: string, appVersion: string): Generator<string> {
  const { width, height, range, objects, timeMs } = source;
  const { from, to } = range;
  const masks = new MaskNames(null);
  const categories = objects.map(({ id, name }) => ({ id, name, supercategory: 'object' }));
  const info = { description: clipName, version: appVersion };
  yield `{"info":${JSON.stringify(info)},\n"categories":${JSON.stringify(categories)},\n"images":[\n`;
  for (let frame = from; frame <= to; frame++) {
    const image = { id: frame + 1, file_name: source.pictures?.[frame] ?? masks.of(frame), width, height, frame, time_ms: timeMs(frame) };
    yield `${JSON.stringify(image)}${frame < to ? ',' : ''}\n`;
  }
  yield '],\n"annotations":[\n';
  let id = 0;
  for (let frame = from; frame <= to; frame++) {
    let text = '';
    for (const { object, stored } of masksOn(source, frame)) {
      if (!stored.box) continue;
      const annotation = {
        id: ++id,
        image_id: frame + 1,
        category_id: object.id,
        track_id: object.id,
        segmentation: { size: [height, width], counts: stored.counts },
        bbox: stored.box,
        area: stored.area,
        iscrowd: 0,
        score: stored.predictedIou,
      };
      text += `${id > 1 ? ',\n' : ''}${JSON.stringify(annotation)}`;
    }
    yield text;
  }
  yield '\n]}\n';
}

/**
 * One row for each object and frame. Lengths in source px, times in ms from the first frame. A part for each frame, and
 * one more.
 */
export function* tracksCsv(source: TableSource): Generator<string> {
  yield 'frame,time_ms,object_id,object,x,y,width,height,area,score,object_logit,prompted\n';
  for (let frame = source.range.from; frame <= source.range.to; frame++) {
    let rows = '';
    for (const { object, stored } of masksOn(source, frame)) {
      const box = stored.box ?? ['', '', '', ''];
      const numbers = [stored.area, stored.predictedIou.toFixed(4), stored.objectLogit.toFixed(3), stored.prompted ? 1 : 0];
      rows += `${[frame, source.timeMs(frame).toFixed(3), object.id, csvCell(object.name), ...box, ...numbers].join(',')}\n`;
    }
    yield rows;
  }
}
