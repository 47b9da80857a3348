/** YouTube-VIS: one video, an annotation for each object, which has a mask or null for every frame. */
import { masksOn, type TableSource } from '../table-source.ts';
import { classesOf, classOf } from './classes.ts';

/** A part for each object and frame, and a few more: hours of masks are never one text. */
export function* youtubeVisText(source: TableSource, clipName: string, appVersion: string): Generator<string> {
  const { width, height, range, objects } = source;
  const length = range.to - range.from + 1;
  const classes = classesOf(objects);
  const categories = classes.map((name, i) => ({ id: i + 1, name, supercategory: 'object' }));
  const names = Array.from({ length }, (_, i) => `${source.stem(range.from + i)}.jpg`);
  const video = { id: 1, width, height, length, file_names: names };
  const info = { description: clipName, version: appVersion };
  yield `{"info":${JSON.stringify(info)},\n"categories":${JSON.stringify(categories)},\n"videos":[${JSON.stringify(video)}],\n"annotations":[`;
  for (const [i, object] of objects.entries()) {
    const head = { id: object.id, video_id: 1, category_id: classes.indexOf(classOf(object)) + 1, iscrowd: 0, width, height, length };
    yield `${i > 0 ? ',' : ''}\n${JSON.stringify(head).slice(0, -1)},"segmentations":[`;
    const boxes: string[] = [];
    const areas: string[] = [];
    for (let frame = range.from; frame <= range.to; frame++) {
      const stored = masksOn({ ...source, objects: [object] }, frame)[0]?.stored;
      const isThere = stored !== undefined && stored.box !== null;
      boxes.push(isThere ? JSON.stringify(stored.box) : 'null');
      areas.push(isThere ? String(stored.area) : 'null');
      yield `${frame > range.from ? ',' : ''}${isThere ? JSON.stringify({ size: [height, width], counts: stored.counts }) : 'null'}`;
    }
    yield `],"bboxes":[${boxes.join(',')}],"areas":[${areas.join(',')}]}`;
  }
  yield '\n]}\n';
}
