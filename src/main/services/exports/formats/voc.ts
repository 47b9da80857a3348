/** Pascal VOC: an XML file for each frame with a box for each object. Pixels are counted from 1. */

import { xmlText } from '../../../common/xml-text.ts';
import { masksOn, type TableSource } from '../table-source.ts';
import { classOf } from './classes.ts';
import type { FormatFile } from './format.ts';

export function* vocFiles(source: TableSource, clipName: string): Generator<FormatFile> {
  const { width, height, range } = source;
  for (let frame = range.from; frame <= range.to; frame++) {
    const stem = source.stem(frame);
    let text = `<annotation>\n  <folder>images</folder>\n  <filename>${xmlText(stem)}.jpg</filename>\n`;
    text += `  <source><database>${xmlText(clipName)}</database></source>\n`;
    text += `  <size><width>${width}</width><height>${height}</height><depth>3</depth></size>\n  <segmented>0</segmented>\n`;
    for (const { object, stored } of masksOn(source, frame)) {
      if (!stored.box) continue;
      const [x, y, w, h] = stored.box;
      const box = `<xmin>${x + 1}</xmin><ymin>${y + 1}</ymin><xmax>${x + w}</xmax><ymax>${y + h}</ymax>`;
      text += `  <object><name>${xmlText(classOf(object))}</name><pose>Unspecified</pose><truncated>0</truncated>`;
      text += `<difficult>0</difficult><bndbox>${box}</bndbox></object>\n`;
    }
    yield { name: `${stem}.xml`, text: `${text}</annotation>\n` };
  }
}
