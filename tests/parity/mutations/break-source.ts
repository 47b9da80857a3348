/** Loads a copy of the tracker in which one piece of text is changed, so that a test can show that somebody would notice. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The parts of the tracker that a broken rule may be in. */
export interface TrackerModules {
  VideoTracker: typeof import('../../../src/main/engine/tracking/video-tracker.ts').VideoTracker;
  MemoryBank: typeof import('../../../src/main/engine/tracking/memory-bank.ts').MemoryBank;
  selectConditioningFrames: typeof import('../../../src/main/engine/tracking/memory-bank.ts').selectConditioningFrames;
  logitsToRle: typeof import('../../../src/main/engine/tracking/mask-upsample.ts').logitsToRle;
  resizeRgbBicubic: typeof import('../../../src/main/engine/tracking/resample.ts').resizeRgbBicubic;
  roundToBf16: typeof import('../../../src/main/engine/tracking/bf16.ts').roundToBf16;
}

export interface SourceChange {
  /** Text that stands exactly once in the tracker's sources. */
  from: string;
  to: string;
}

const source = resolve(import.meta.dirname, '../../../src');
const inTracking = 'main/engine/tracking';

const loadFrom = async (src: string): Promise<TrackerModules> => {
  const load = (name: string): Promise<Record<string, unknown>> =>
    import(/* @vite-ignore */ pathToFileURL(join(src, inTracking, name)).href);
  const modules = await Promise.all(
    ['video-tracker.ts', 'memory-bank.ts', 'mask-upsample.ts', 'resample.ts', 'bf16.ts'].map((name) => load(name)),
  );
  return Object.assign({}, ...modules) as TrackerModules;
};

/** The tracker as it is. */
export const intactModules = (): Promise<TrackerModules> => loadFrom(source);

/**
 * Copies the tracker, changes the text and loads the copy.
 * @throws Error when the text stands nowhere or more than once: the table is out of date
 */
export const breakSource = async ({ from, to }: SourceChange): Promise<{ modules: TrackerModules; remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-video-mutant-'));
  const copy = join(folder, 'src');
  await mkdir(join(copy, inTracking), { recursive: true });
  await symlink(join(source, 'shared'), join(copy, 'shared'), 'junction');
  await cp(join(source, inTracking), join(copy, inTracking), { recursive: true });
  let found = 0;
  for (const name of await readdir(join(copy, inTracking), { recursive: true })) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts') || name.includes('testing')) continue;
    const path = join(copy, inTracking, name);
    const text = await readFile(path, 'utf8');
    const parts = text.split(from);
    if (parts.length === 1) continue;
    found += parts.length - 1;
    await writeFile(path, parts.join(to));
  }
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  if (found !== 1) {
    await remove();
    throw new Error(`the mutation table is out of date: "${from}" stands ${found} times in the tracker, not once`);
  }
  return { modules: await loadFrom(copy), remove };
};
