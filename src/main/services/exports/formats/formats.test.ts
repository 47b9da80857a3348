/** Each format read back as its own readers do: the documented form, and the program itself where Python has it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TrackedObject } from '../../../../shared/contract/state.ts';
import { tableFormats } from '../../../../shared/export-choice.ts';
import { compressCounts, decodeRle, encodeRle, expandCounts, rleArea, rleBox } from '../../../../shared/rle.ts';
import { MaskStore } from '../../results/mask-store.ts';
import type { TableSource } from '../table-source.ts';
import { formats } from './formats.ts';

const width = 16;
const height = 10;

/** A rectangle, from pixel to pixel. */
const rectangle = (x0: number, y0: number, x1: number, y1: number): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x >= x0 && x <= x1 && y >= y0 && y <= y1 ? 1 : 0;
  });

const store = new MaskStore();
const put = (objectId: number, frame: number, mask: Uint8Array): void => {
  const rle = encodeRle(mask, width, height);
  const box = rleBox(rle);
  store.put(frame, {
    ...{ objectId, counts: compressCounts(rle.counts), box: box && [box.x, box.y, box.width, box.height] },
    ...{ area: rleArea(rle), predictedIou: 0.75, objectLogit: 1, prompted: false },
    overlay: { objectId, width: 1, height: 1, scale: 1, predictedIou: 0.75, objectLogit: 1, logits: new Int8Array(1) },
  });
};
const walker = rectangle(2, 3, 5, 8);
const car = rectangle(4, 5, 11, 8);
put(1, 0, walker);
put(1, 1, walker);
put(1, 2, new Uint8Array(width * height));
put(1, 3, walker);
put(2, 1, car);

const object = (id: number, name: string, label?: string): TrackedObject => ({
  ...{
    id,
    name,
    color: '#ff0000',
    visible: true,
    solo: false,
    locked: false,
    stale: false,
    laneRevision: 0,
    prompts: [],
    results: [],
    foundFrames: 0,
  },
  ...(label !== undefined && { found: { label, source: 'detector', score: 0.9, isAuto: true } }),
});
const source: TableSource = {
  ...{ width, height, store, range: { from: 0, to: 3 } },
  objects: [object(1, 'Anna & "Co" <1>'), object(2, 'Object 2', 'car')],
  timeMs: (frame) => frame * 40,
  stem: (frame) => String(frame).padStart(5, '0'),
};

const textOf = (name: (typeof tableFormats)[number]): string => {
  const format = formats[name];
  if ('folder' in format) throw new Error(`${name} is a folder`);
  return [...format.text(source, 'street & co.mp4', '1')].join('');
};
const filesOf = (name: (typeof tableFormats)[number]): Map<string, string> => {
  const format = formats[name];
  if ('file' in format) throw new Error(`${name} is a file`);
  return new Map([...format.files(source, 'street & co.mp4')].map((file) => [file.name, file.text]));
};

it('every format of the contract is there, under a name of its own', () => {
  const names = tableFormats.map((name) => ('file' in formats[name] ? formats[name].file : formats[name].folder));
  expect(new Set(names).size).toBe(tableFormats.length);
});

describe('YOLO', () => {
  it('has a file a frame, shares of the picture, and classes by number', () => {
    const files = filesOf('yolo-box');
    expect([...files.keys()]).toEqual(['data.yaml', ...[0, 1, 2, 3].map((n) => `labels/0000${n}.txt`)]);
    expect(files.get('data.yaml')).toContain('  0: "Anna & \\"Co\\" <1>"\n  1: "car"\n');
    expect(files.get('labels/00001.txt')).toBe('0 0.25 0.6 0.25 0.6\n1 0.5 0.7 0.5 0.4\n');
    expect(files.get('labels/00002.txt')).toBe('');
  });

  it('has the corners of the outline', () => {
    expect(filesOf('yolo-seg').get('labels/00000.txt')).toBe('0 0.125 0.3 0.375 0.3 0.375 0.9 0.125 0.9\n');
  });
});

describe('MOT and MOTS', () => {
  it('count frames and pixels from 1', () => {
    expect(textOf('mot').split('\n').slice(0, 3)).toEqual([
      '1,1,3,4,4,6,0.7500,-1,-1,-1',
      '2,1,3,4,4,6,0.7500,-1,-1,-1',
      '2,2,5,6,8,4,0.7500,-1,-1,-1',
    ]);
  });

  it('has no pixel of two objects', () => {
    const rows = textOf('mots')
      .trimEnd()
      .split('\n')
      .map((row) => row.split(' '));
    expect(rows.map(([frame, id, kind, h, w]) => [frame, id, kind, h, w].map(Number))).toEqual([
      [1, 1, 2, height, width],
      [2, 1, 2, height, width],
      [2, 2, 1, height, width],
      [4, 1, 2, height, width],
    ]);
    const [first, second] = [rows[1]![5]!, rows[2]![5]!].map((counts) =>
      decodeRle({ size: [height, width], counts: expandCounts(counts) }),
    );
    expect(second).toEqual(car);
    expect(first).toEqual(walker.map((value, i) => (car[i] ? 0 : value)));
  });
});

it('YouTube-VIS has a mask or null for each frame of an object', () => {
  const { videos, categories, annotations } = JSON.parse(textOf('youtube-vis'));
  expect(videos).toMatchObject([{ id: 1, width, height, length: 4, file_names: ['00000.jpg', '00001.jpg', '00002.jpg', '00003.jpg'] }]);
  expect(categories.map(({ id, name }: { id: number; name: string }) => [id, name])).toEqual([
    [1, 'Anna & "Co" <1>'],
    [2, 'car'],
  ]);
  expect(annotations.map(({ segmentations }: { segmentations: unknown[] }) => segmentations.map((mask) => mask !== null))).toEqual([
    [true, true, false, true],
    [false, true, false, false],
  ]);
  const { size, counts } = annotations[1].segmentations[1];
  expect(decodeRle({ size, counts: expandCounts(counts) })).toEqual(car);
  expect(annotations[0].bboxes).toEqual([[2, 3, 4, 6], [2, 3, 4, 6], null, [2, 3, 4, 6]]);
});

it('Label Studio has boxes in per cent, and a key frame that is off where the object goes', () => {
  const [task] = JSON.parse(textOf('label-studio'));
  expect(task.data).toEqual({ video: 'street & co.mp4' });
  const [first] = task.annotations[0].result;
  expect(first).toMatchObject({
    type: 'videorectangle',
    from_name: 'box',
    to_name: 'video',
    value: { framesCount: 4, labels: ['Anna & "Co" <1>'] },
  });
  expect(first.value.sequence.map(({ frame, enabled, x }: Record<string, unknown>) => [frame, enabled, x])).toEqual([
    [1, true, 12.5],
    [2, true, 12.5],
    [3, false, 12.5],
    [4, true, 12.5],
  ]);
});

/** What is well-formed for Python's own parser, as JSON of tags and attributes. */
const parseXml = (text: string): { tag: string; attrib: Record<string, string>; text: string | null }[] => {
  const script =
    'import json,sys,xml.etree.ElementTree as E; print(json.dumps([dict(tag=e.tag,attrib=e.attrib,text=e.text) for e in E.fromstring(sys.stdin.buffer.read()).iter()]))';
  return JSON.parse(execFileSync('python3', ['-c', script], { input: text, encoding: 'utf8' }));
};
const hasPython = spawnSync('python3', ['--version'], { stdio: 'ignore' }).status === 0;

describe.skipIf(!hasPython)('XML (skipped where there is no python3)', () => {
  it('of CVAT is a track of boxes for each object, outside where it is gone', () => {
    const elements = parseXml(textOf('cvat'));
    expect(elements.filter(({ tag }) => tag === 'track').map(({ attrib }) => attrib.label)).toEqual(['Anna & "Co" <1>', 'car']);
    const boxes = elements.filter(({ tag }) => tag === 'box').map(({ attrib }) => [attrib.frame, attrib.outside, attrib.xtl, attrib.xbr]);
    expect(boxes).toEqual([
      ['0', '0', '2', '6'],
      ['1', '0', '2', '6'],
      ['2', '1', '2', '6'],
      ['3', '0', '2', '6'],
      ['1', '0', '4', '12'],
      ['2', '1', '4', '12'],
    ]);
  });

  it('of Pascal VOC counts pixels from 1', () => {
    const files = filesOf('voc');
    expect(files.size).toBe(4);
    const elements = parseXml(files.get('00001.xml')!);
    const numbers = elements.filter(({ tag }) => /^[xy]m(in|ax)$/.test(tag)).map(({ text }) => Number(text));
    expect(numbers).toEqual([3, 4, 6, 9, 5, 6, 12, 9]);
    expect(elements.filter(({ tag }) => tag === 'name').map(({ text }) => text)).toEqual(['Anna & "Co" <1>', 'car']);
  });
});

const python = [process.env.SAM2_VIDEO_PYTHON, 'python3'].find(
  (name) => name && spawnSync(name, ['-c', 'import trackeval, pycocotools.mask'], { stdio: 'ignore' }).status === 0,
);

describe('TrackEval', () => {
  it.skipIf(!python)('reads MOTS as it was written (skipped where neither SAM2_VIDEO_PYTHON nor python3 has it)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sam2-mots-'));
    const place = (...path: string[]): string => {
      const file = join(folder, ...path);
      mkdirSync(dirname(file), { recursive: true });
      return file;
    };
    for (const root of [
      ['gt', 'MOTS-train', 'street', 'gt'],
      ['trackers', 'MOTS-train', 'ours', 'data'],
    ])
      writeFileSync(place(...root, root[0] === 'gt' ? 'gt.txt' : 'street.txt'), textOf('mots').replaceAll(/^(\d+ \d+) 1/gm, '$1 2'));
    writeFileSync(place('gt', 'seqmaps', 'MOTS-train.txt'), 'name\nstreet\n');
    writeFileSync(place('gt', 'MOTS-train', 'street', 'seqinfo.ini'), '[Sequence]\nseqLength=4\n');
    const script = [
      'import contextlib, io, json, sys',
      'import trackeval',
      'with contextlib.redirect_stdout(io.StringIO()):',
      "  d = trackeval.datasets.MOTSChallenge(dict(GT_FOLDER=sys.argv[1]+'/gt', TRACKERS_FOLDER=sys.argv[1]+'/trackers', BENCHMARK='MOTS', SEQMAP_FOLDER=sys.argv[1]+'/gt/seqmaps'))",
      "  data = d.get_preprocessed_seq_data(d.get_raw_seq_data('ours', 'street'), 'pedestrian')",
      '  r = trackeval.metrics.HOTA().eval_sequence(data)',
      "print(json.dumps([data['num_gt_dets'], data['num_tracker_ids'], float(r['HOTA'].mean())]))",
    ].join('\n');
    const told = execFileSync(python!, ['-c', script, folder], { encoding: 'utf8' });
    expect(JSON.parse(told)).toEqual([4, 2, 1]);
    rmSync(folder, { recursive: true });
  });
});
