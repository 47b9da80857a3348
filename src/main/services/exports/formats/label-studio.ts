/**
 * Label Studio: one task with a video, a `videorectangle` for each object. Boxes are shares of the picture in per cent,
 * frames are counted from 1. A key frame that is not enabled says that the object is gone until the next one.
 */
import { masksOn, type TableSource } from '../table-source.ts';
import { classOf } from './classes.ts';

const percent = (value: number, size: number): number => Number(((value / size) * 100).toFixed(4));

/** A part for each object, and two more. */
export function* labelStudioText(source: TableSource, clipName: string, appVersion: string): Generator<string> {
  const { width, height, range, objects, timeMs } = source;
  const framesCount = range.to - range.from + 1;
  const duration = (timeMs(range.to) - timeMs(range.from)) / 1000;
  yield `[{"id":1,"data":${JSON.stringify({ video: clipName })},"annotations":[{"id":1,"result":[`;
  for (const [i, object] of objects.entries()) {
    const sequence: Record<string, number | boolean>[] = [];
    let before: Record<string, number | boolean> | null = null;
    for (let frame = range.from; frame <= range.to; frame++) {
      const box = masksOn({ ...source, objects: [object] }, frame)[0]?.stored.box ?? null;
      const at = { frame: frame - range.from + 1, time: (timeMs(frame) - timeMs(range.from)) / 1000, rotation: 0 };
      if (box) {
        const place = {
          x: percent(box[0], width),
          y: percent(box[1], height),
          width: percent(box[2], width),
          height: percent(box[3], height),
        };
        before = { ...at, ...place, enabled: true };
        sequence.push(before);
      } else if (before) {
        sequence.push({ ...before, ...at, enabled: false });
        before = null;
      }
    }
    const value = { framesCount, duration, sequence, labels: [classOf(object)] };
    const result = { id: `object-${object.id}`, type: 'videorectangle', from_name: 'box', to_name: 'video', origin: 'manual', value };
    yield `${i > 0 ? ',' : ''}\n${JSON.stringify({ ...result, meta: { text: [object.name] } })}`;
  }
  yield `\n]}],"meta":${JSON.stringify({ generator: `sam2-video ${appVersion}` })}}]\n`;
}
