/**
 * YOLO's labels as Ultralytics reads them: a text file for each frame with a line for each object, numbers as shares of
 * the picture's size, classes by number. `yolo-box`: class, centre, width, height. `yolo-seg`: class and the corners of
 * the outline; an object of several parts has one line with the parts joined, as Ultralytics' own converter makes it.
 */
import { expandCounts } from '../../../../shared/rle.ts';
import { masksOn, type TableSource } from '../table-source.ts';
import { classesOf, classOf } from './classes.ts';
import type { FormatFile } from './format.ts';
import { outlinesOf, type Polygon } from './mask-outline.ts';

const share = (value: number, size: number): string => Number((value / size).toFixed(6)).toString();

/** Parts in one line: from the first there and back to each of the others. */
const joined = ([first = [], ...others]: readonly Polygon[]): Polygon => {
  const from = first[0];
  if (from === undefined || others.length === 0) return first;
  return [...first, from, ...others.flatMap((part) => [...part, part[0]!, from])];
};

/** Letters that YAML could take for something else are quoted. */
const yamlText = (text: string): string => JSON.stringify(text);

function* files(source: TableSource, line: (masks: ReturnType<typeof masksOn>[number], number: number) => string): Generator<FormatFile> {
  const classes = classesOf(source.objects);
  const names = classes.map((name, i) => `  ${i}: ${yamlText(name)}\n`).join('');
  yield { name: 'data.yaml', text: `path: .\ntrain: images\nval: images\nnames:\n${names}` };
  for (let frame = source.range.from; frame <= source.range.to; frame++) {
    const lines = masksOn(source, frame).filter(({ stored }) => stored.box !== null);
    const text = lines.map((masks) => `${line(masks, classes.indexOf(classOf(masks.object)))}\n`).join('');
    yield { name: `labels/${source.stem(frame)}.txt`, text };
  }
}

export const yoloBoxFiles = (source: TableSource): Generator<FormatFile> =>
  files(source, ({ stored }, number) => {
    const [x, y, width, height] = stored.box!;
    const center = [share(x + width / 2, source.width), share(y + height / 2, source.height)];
    return [number, ...center, share(width, source.width), share(height, source.height)].join(' ');
  });

export const yoloSegFiles = (source: TableSource): Generator<FormatFile> =>
  files(source, ({ stored }, number) => {
    const outlines = outlinesOf({ size: [source.height, source.width], counts: expandCounts(stored.counts) });
    const corners = joined(outlines).flatMap(([x, y]) => [share(x, source.width), share(y, source.height)]);
    return [number, ...corners].join(' ');
  });
