/**
 * `npm run bench:long`: whether a clip of three hours stays as quick as a short one. The real project store takes a
 * record for each frame and object and is read, opened and drawn; then the window opens that project, and a short one,
 * in Chromium. `--frames`, `--objects`, `--grid` (side of a record's logits) choose; `--no-window` leaves the window
 * out. `--folder` keeps what was made there; where it is already, only the window is measured.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { findFfmpeg } from '../src/main/engine/media/ffmpeg-binary.ts';
import { Project } from '../src/main/services/project/project.ts';
import { packLogits, type StoredResult } from '../src/main/services/results/mask-record.ts';
import { newWork } from '../src/main/services/session/kept-work.ts';
import type { ObjectRecord } from '../src/main/services/session/object-list.ts';
import { formatBytes } from '../src/shared/format-bytes.ts';
import { objectColors } from '../src/shared/object-colors.ts';
import { compressCounts, encodeRle, rleArea, rleBox } from '../src/shared/rle.ts';
import { median } from './statistics.ts';
import { measureTimeline, type TimelineFigures } from './window/long-timeline.ts';
import { openWindow } from './window/open-window.ts';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '300000' },
    objects: { type: 'string', default: '20' },
    grid: { type: 'string', default: '32' },
    'no-window': { type: 'boolean', default: false },
    folder: { type: 'string' },
  },
});
const frames = Number(values.frames);
const objects = Number(values.objects);
const grid = Number(values.grid);
const width = 192;
const height = 108;
const segmentFrames = 1000;
const folder = values.folder === undefined ? mkdtempSync(join(tmpdir(), 'sam2-video-long-')) : resolve(values.folder);
mkdirSync(folder, { recursive: true });
const run = promisify(execFile);

/** A moving picture with a key frame every 250 frames, as long as asked for: one part, copied over and over. */
const makeClips = async (): Promise<{ short: string; long: string }> => {
  const ffmpeg = await findFfmpeg();
  const short = join(folder, 'short.mp4');
  const long = join(folder, 'long.mp4');
  const quiet = ['-v', 'error', '-y'];
  const source = `testsrc2=s=${width}x${height}:r=30`;
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '250', '-pix_fmt', 'yuv420p'];
  await run(ffmpeg, [...quiet, '-f', 'lavfi', '-i', source, '-frames:v', String(segmentFrames), ...h264, short]);
  const loops = Math.ceil(frames / segmentFrames) - 1;
  await run(ffmpeg, [...quiet, '-stream_loop', String(loops), '-i', short, '-c', 'copy', '-frames:v', String(frames), long]);
  return { short, long };
};

/** Masks of a disc that moves, with logits that do not compress to nothing. */
const records = Array.from({ length: 64 }, (_, n): StoredResult => {
  const pixels = new Uint8Array(width * height);
  const x = 40 + n;
  for (let i = 0; i < pixels.length; i++) if (((i % width) - x) ** 2 + (Math.floor(i / width) - 50) ** 2 < 900) pixels[i] = 1;
  const rle = encodeRle(pixels, width, height);
  const box = rleBox(rle);
  const logits = Int8Array.from({ length: grid * grid }, (_, i) => {
    const dx = (((i % grid) + 0.5) * width) / grid - x;
    const dy = ((Math.floor(i / grid) + 0.5) * height) / grid - 50;
    return Math.max(-128, Math.min(127, Math.round((30 - Math.hypot(dx, dy)) * 4 + ((i * 7 + n * 13) % 5))));
  });
  return {
    counts: compressCounts(rle.counts),
    box: box && [box.x, box.y, box.width, box.height],
    area: rleArea(rle),
    predictedIou: 0.9,
    objectLogit: 6,
    prompted: false,
    overlay: { width: grid, height: grid, scale: 1 / 8, packed: packLogits(logits) },
  };
});

/** Confidence that wanders, with unsure stretches: lanes of many runs. */
const scoreAt = (objectId: number, frame: number): number =>
  0.75 + 0.2 * Math.sin(frame / 300 + objectId) + 0.06 * Math.sin(frame * 1.7 + objectId * 3);

const object = (id: number): ObjectRecord => ({
  id,
  name: `Object ${id}`,
  color: objectColors[(id - 1) % objectColors.length]!,
  visible: true,
  solo: false,
  locked: false,
  maskKey: id,
  prompts: [],
});

const timed = <T>(work: () => T): { ms: number; value: T } => {
  const start = performance.now();
  const value = work();
  return { ms: performance.now() - start, value };
};

interface StoreFigures {
  frames: number;
  appendMicros: number;
  readMicros: number;
  /** All objects of one frame, as the window draws them. */
  overlaysMs: number;
  openMs: number;
  fileBytes: number;
  indexBytes: number;
  residentBytes: number;
  lanesMs: number;
  lanesBytes: number;
  laneChangeMs: number;
}

const fill = async (clip: string, count: number): Promise<{ project: string; figures: StoreFigures }> => {
  const media = { frameCount: count, width, height };
  const project = await Project.create(join(folder, 'projects'), clip, media, 'bench', (error) => {
    if (error) throw error;
  });
  const list = Array.from({ length: objects }, (_, i) => object(i + 1));
  project.store.setMaskKeys(list);
  project.save({ ...newWork, objects: list, nextId: objects + 1 });
  const append = timed(() => {
    for (let frame = 0; frame < count; frame++)
      // As tracking keeps a frame.
      project.store.batch(() => {
        for (let id = 1; id <= objects; id++) {
          const stored = records[(frame + id) & 63]!;
          project.store.putStored(id, frame, {
            ...stored,
            predictedIou: scoreAt(id, frame),
            area: (frame + 40 * id) % 997 < 40 ? 0 : stored.area,
          });
        }
      });
  });
  const random = (most: number): number => Math.floor(Math.random() * most);
  const reads = 20_000;
  const read = timed(() => {
    for (let i = 0; i < reads; i++) project.store.get(1 + random(objects), random(count));
  });
  const ids = list.map(({ id }) => id);
  const overlays = Array.from({ length: 50 }, () => timed(() => project.store.overlays(random(count), ids)).ms);
  const lanes = timed(() => ids.map((id) => project.store.lane(id, 0)));
  const known = lanes.value[0]!.revision;
  project.store.putStored(1, Math.floor(count / 2), records[0]!);
  const change = timed(() => project.store.lane(1, known));
  const { folder: path } = project;
  project.close();
  const before = process.memoryUsage().rss;
  const opened = timed(() => Project.open(path, () => {}));
  const residentBytes = process.memoryUsage().rss - before;
  opened.value.close();
  const sizeOf = (end: string): number =>
    readdirSync(path).reduce((sum, name) => sum + (name.endsWith(end) ? statSync(join(path, name)).size : 0), 0);
  return {
    project: path,
    figures: {
      frames: count,
      appendMicros: (append.ms * 1000) / (count * objects),
      readMicros: (read.ms * 1000) / reads,
      overlaysMs: median(overlays),
      openMs: opened.ms,
      fileBytes: sizeOf('.log') + sizeOf('.idx'),
      indexBytes: sizeOf('.idx'),
      residentBytes: Math.max(0, residentBytes),
      lanesMs: lanes.ms,
      lanesBytes: JSON.stringify(lanes.value).length,
      laneChangeMs: change.ms,
    },
  };
};

const table = <T extends { frames: number }>(title: string, columns: T[], rows: [string, (figures: T) => string][]): void => {
  console.log(`\n| ${title} | ${columns.map((c) => `${c.frames.toLocaleString('en')} frames`).join(' | ')} |`);
  console.log(`|---|${columns.map(() => '---').join('|')}|`);
  for (const [name, say] of rows) console.log(`| ${name} | ${columns.map(say).join(' | ')} |`);
};

interface Made {
  project: string;
  frames: number;
}

const madePath = join(folder, 'made.json');

/** The projects, short and long; those of an earlier run where they were kept. */
const makeProjects = async (): Promise<Made[]> => {
  if (existsSync(madePath)) return JSON.parse(readFileSync(madePath, 'utf8')) as Made[];
  const clips = await makeClips();
  const short = await fill(clips.short, segmentFrames);
  const long = await fill(clips.long, frames);
  table<StoreFigures>(
    `store, ${objects} objects`,
    [short.figures, long.figures],
    [
      ['append a mask', (f) => `${f.appendMicros.toFixed(1)} µs`],
      ['read a mask, at random', (f) => `${f.readMicros.toFixed(1)} µs`],
      [`what is drawn on a frame, ${objects} objects`, (f) => `${f.overlaysMs.toFixed(2)} ms`],
      ['open', (f) => `${f.openMs.toFixed(0)} ms`],
      ['files', (f) => formatBytes(f.fileBytes)],
      ['of it the index', (f) => formatBytes(f.indexBytes)],
      ['memory after opening', (f) => formatBytes(f.residentBytes)],
      ['all lanes', (f) => `${f.lanesMs.toFixed(0)} ms, ${formatBytes(f.lanesBytes)}`],
      ['a lane after one change', (f) => `${f.laneChangeMs.toFixed(2)} ms`],
    ],
  );
  const made = [short, long].map(({ project, figures }) => ({ project, frames: figures.frames }));
  writeFileSync(madePath, JSON.stringify(made));
  return made;
};

try {
  const made = await makeProjects();
  if (!values['no-window']) {
    const window = await openWindow(folder);
    try {
      const figures: TimelineFigures[] = [];
      for (const { project, frames: count } of made) figures.push(await measureTimeline(window, project, count));
      table<TimelineFigures>(`window, ${objects} objects`, figures, [
        ['open until the picture is there', (f) => `${f.openMs.toFixed(0)} ms`],
        ['open until every lane is drawn', (f) => `${f.lanesMs.toFixed(0)} ms`],
        ['filmstrip of the whole clip', (f) => `${(f.filmstripMs / 1000).toFixed(1)} s`],
        ['seek', (f) => `${f.seekMs.toFixed(0)} ms`],
        ['timeline while zooming', (f) => `${f.zoomFramesPerSecond.toFixed(0)} frames/s`],
        ['timeline while scrolling', (f) => `${f.scrollFramesPerSecond.toFixed(0)} frames/s`],
        ['rename an object', (f) => `${f.renameMs.toFixed(0)} ms`],
        ['memory of the window', (f) => formatBytes(f.windowBytes)],
        ['memory of the host', (f) => formatBytes(f.hostBytes)],
        ['memory of the engine', (f) => formatBytes(f.engineBytes)],
      ]);
      console.log(
        `\ntimeline, long to short: zooming ${(figures[1]!.zoomFramesPerSecond / figures[0]!.zoomFramesPerSecond).toFixed(2)}, scrolling ${(figures[1]!.scrollFramesPerSecond / figures[0]!.scrollFramesPerSecond).toFixed(2)}`,
      );
    } finally {
      await window.close();
    }
  }
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
}
