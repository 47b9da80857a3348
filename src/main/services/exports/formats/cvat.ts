/** CVAT for video 1.1: a track of boxes for each object; `outside` where it is gone. Frames are counted from 0. */

import { xmlText } from '../../../common/xml-text.ts';
import { masksOn, type TableSource } from '../table-source.ts';
import { classesOf, classOf } from './classes.ts';

interface Shape {
  frame: number;
  box: readonly [number, number, number, number];
  isOutside: boolean;
}

const shapeText = ({ frame, box: [x, y, width, height], isOutside }: Shape): string =>
  `    <box frame="${frame}" keyframe="1" outside="${isOutside ? 1 : 0}" occluded="0" xtl="${x}" ytl="${y}" xbr="${x + width}" ybr="${y + height}" z_order="0"></box>\n`;

/** A part for each object, and two more. */
export function* cvatText(source: TableSource, clipName: string): Generator<string> {
  const { width, height, range, objects } = source;
  const labels = classesOf(objects).map((name) => `<label><name>${xmlText(name)}</name><attributes></attributes></label>`);
  const task = [
    `<name>${xmlText(clipName)}</name><size>${range.to - range.from + 1}</size><mode>interpolation</mode>`,
    `<start_frame>${range.from}</start_frame><stop_frame>${range.to}</stop_frame>`,
    `<labels>${labels.join('')}</labels>`,
    `<original_size><width>${width}</width><height>${height}</height></original_size>`,
  ];
  yield `<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n  <meta><task>${task.join('')}</task></meta>\n`;
  for (const [i, object] of objects.entries()) {
    let text = `  <track id="${i}" label="${xmlText(classOf(object))}" source="auto">\n`;
    let last: Shape | null = null;
    for (let frame = range.from; frame <= range.to; frame++) {
      const box = masksOn({ ...source, objects: [object] }, frame)[0]?.stored.box ?? null;
      if (!box && (!last || last.isOutside)) continue;
      last = box ? { frame, box, isOutside: false } : { frame, box: last!.box, isOutside: true };
      text += shapeText(last);
    }
    yield `${text}  </track>\n`;
  }
  yield '</annotations>\n';
}
