/**
 * Loads a copy of the tracker and the decoder in which one piece of text is changed, so that a test can show that
 * somebody would notice.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The parts of the tracker and the decoder that a broken rule may be in. */
export interface TrackerModules {
  VideoTracker: typeof import('../../../src/main/engine/tracking/video-tracker.ts').VideoTracker;
  MemoryBank: typeof import('../../../src/main/engine/tracking/memory-bank.ts').MemoryBank;
  selectConditioningFrames: typeof import('../../../src/main/engine/tracking/memory-bank.ts').selectConditioningFrames;
  logitsToRle: typeof import('../../../src/main/engine/tracking/mask-upsample.ts').logitsToRle;
  decodeFrames: typeof import('../../../src/main/engine/media/decode.ts').decodeFrames;
  roundToBf16: typeof import('../../../src/main/engine/tracking/bf16.ts').roundToBf16;
}

export interface SourceChange {
  /** Text that stands exactly once in these sources. */
  from: string;
  to: string;
}

const source = resolve(import.meta.dirname, '../../../src');
const engine = 'main/engine';
const copied = ['tracking', 'media'];
/** What the copies import. */
const linked = ['shared', 'main/common', `${engine}/api`];

const loadFrom = async (src: string): Promise<TrackerModules> => {
  const load = (name: string): Promise<Record<string, unknown>> => import(/* @vite-ignore */ pathToFileURL(join(src, engine, name)).href);
  const names = ['video-tracker.ts', 'memory-bank.ts', 'mask-upsample.ts', 'bf16.ts'].map((name) => `tracking/${name}`);
  const modules = await Promise.all([...names, 'media/decode.ts'].map((name) => load(name)));
  return Object.assign({}, ...modules) as TrackerModules;
};

/** The tracker as it is. */
export const intactModules = (): Promise<TrackerModules> => loadFrom(source);

/**
 * Copies the sources, changes the text and loads the copy.
 * @throws Error when the text stands nowhere or more than once: the table is out of date
 */
export const breakSource = async ({ from, to }: SourceChange): Promise<{ modules: TrackerModules; remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-video-mutant-'));
  const copy = join(folder, 'src');
  await mkdir(join(copy, engine), { recursive: true });
  for (const name of linked) await symlink(join(source, name), join(copy, name), 'junction');
  for (const name of copied) await cp(join(source, engine, name), join(copy, engine, name), { recursive: true });
  let found = 0;
  const names = await Promise.all(copied.map((room) => readdir(join(copy, engine, room), { recursive: true })));
  for (const path of names.flatMap((list, i) => list.map((name) => join(copy, engine, copied[i]!, name)))) {
    if (!path.endsWith('.ts') || path.endsWith('.test.ts') || path.includes('testing')) continue;
    const text = await readFile(path, 'utf8');
    const parts = text.split(from);
    if (parts.length === 1) continue;
    found += parts.length - 1;
    await writeFile(path, parts.join(to));
  }
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  if (found !== 1) {
    await remove();
    throw new Error(`the mutation table is out of date: "${from}" stands ${found} times, not once`);
  }
  return { modules: await loadFrom(copy), remove };
};
