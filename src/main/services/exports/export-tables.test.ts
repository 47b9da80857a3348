import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { compressCounts, decodeRle, encodeRle, expandCounts, rleArea } from '../../../shared/rle.ts';
import { MaskStore } from '../results/mask-store.ts';
import { cocoText, tracksCsv } from './export-tables.ts';

const width = 5;
const height = 4;
const store = new MaskStore();
const rle = encodeRle(
  Uint8Array.from({ length: 20 }, (_, i) => (i % 5 === 1 ? 1 : 0)),
  width,
  height,
);
const put = (objectId: number, frame: number, isEmpty = false): void =>
  store.put(frame, {
    objectId,
    counts: isEmpty ? compressCounts([20]) : compressCounts(rle.counts),
    box: isEmpty ? null : [1, 0, 1, 4],
    area: isEmpty ? 0 : rleArea(rle),
    predictedIou: 0.5,
    objectLogit: 1,
    prompted: frame === 0,
    overlay: { objectId, width: 1, height: 1, scale: 1, predictedIou: 0.5, objectLogit: 1, logits: new Int8Array(1) },
  });
put(1, 0);
put(1, 1, true);
put(2, 2);
const object = (id: number, name: string): TrackedObject => ({
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
});
const source = {
  width,
  height,
  objects: [object(1, '=cmd("x"), y'), object(2, 'Boat')],
  store,
  range: { from: 0, to: 2 },
  timeMs: (frame: number) => frame * 40,
  stem: (frame: number) => String(frame),
};

describe('coco.json', () => {
  it('has an image a frame, a category an object, and run lengths that mean the mask', () => {
    const coco = JSON.parse([...cocoText(source, 'clip.mp4', '1')].join(''));
    expect(coco.images.map((image: { id: number; frame: number }) => [image.id, image.frame])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
    expect(coco.categories.map(({ id }: { id: number }) => id)).toEqual([1, 2]);
    expect(coco.annotations).toHaveLength(2);
    expect(coco.annotations[0]).toMatchObject({
      id: 1,
      image_id: 1,
      category_id: 1,
      segmentation: { size: [height, width], counts: compressCounts(rle.counts) },
      bbox: [1, 0, 1, 4],
      area: 4,
      iscrowd: 0,
    });
    // Read back: column 1 of 5, in row-major order.
    const { size, counts } = coco.annotations[1].segmentation;
    expect([...decodeRle({ size, counts: expandCounts(counts) })]).toEqual(Array.from({ length: 20 }, (_, i) => (i % 5 === 1 ? 1 : 0)));
  });

  it('is whole JSON for no objects and for one frame', () => {
    const none = JSON.parse([...cocoText({ ...source, objects: [], range: { from: 2, to: 2 } }, 'clip.mp4', '1')].join(''));
    expect([none.images.length, none.annotations, none.categories]).toEqual([1, [], []]);
  });
});

describe('tracks.csv', () => {
  it('has a row for each mask, and names that are no formula', () => {
    const rows = [...tracksCsv(source)].join('').trimEnd().split('\n');
    expect(rows).toHaveLength(4);
    expect(rows[1]).toBe('0,0.000,1,"\'=cmd(""x""), y",1,0,1,4,4,0.5000,1.000,1');
    expect(rows[2]).toBe('1,40.000,1,"\'=cmd(""x""), y",,,,,0,0.5000,1.000,0');
    expect(rows[3]).toMatch(/^2,80\.000,2,Boat,/);
  });
});

/** A Python that has pycocotools, or null. */
const pythonWithCoco = (): string | null =>
  [process.env.SAM2_VIDEO_PYTHON, 'python3', 'python'].find(
    (python) => python && spawnSync(python, ['-c', 'import pycocotools.mask'], { stdio: 'ignore' }).status === 0,
  ) ?? null;

describe('pycocotools', () => {
  const python = pythonWithCoco();
  it.skipIf(!python)('reads the file (skipped where neither SAM2_VIDEO_PYTHON nor python3 has it)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sam2-coco-'));
    const path = join(folder, 'coco.json');
    writeFileSync(path, [...cocoText(source, 'clip.mp4', '1')].join(''));
    const script = [
      'import contextlib, io, json, sys',
      'from pycocotools.coco import COCO',
      'with contextlib.redirect_stdout(io.StringIO()): coco = COCO(sys.argv[1])',
      'masks = [coco.annToMask(a).tolist() for a in coco.loadAnns(coco.getAnnIds())]',
      'print(json.dumps([sorted(coco.imgs), sorted(coco.cats), masks]))',
    ].join('\n');
    const [images, categories, masks] = JSON.parse(execFileSync(python!, ['-c', script, path], { encoding: 'utf8' }));
    expect([images, categories]).toEqual([
      [1, 2, 3],
      [1, 2],
    ]);
    const pixels = Array.from({ length: height }, () => Array.from({ length: width }, (_, x) => (x === 1 ? 1 : 0)));
    expect(masks).toEqual([pixels, pixels]);
    rmSync(folder, { recursive: true });
  });
});
