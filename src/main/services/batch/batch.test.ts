/** The order of a batch's work, with clips that are files of text and work that is a scripted one. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import { jobSchema } from '../../../shared/job.ts';
import { Batch, type BatchRequest, ledgerName } from './batch.ts';
import { listClips } from './clip-list.ts';
import type { ClipWork } from './clip-work.ts';
import type { LoadedJob } from './job-file.ts';
import { Ledger, type LedgerEntry } from './ledger.ts';

let folder = '';
let clipsDir = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sam2-video-batch-'));
  clipsDir = join(folder, 'clips');
  await mkdir(clipsDir);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const jobNamed = (hash: string): LoadedJob => ({
  job: jobSchema.parse({ version: 1, source: { from: 'find' } }),
  inputs: [],
  hash,
  objectsOf: () => null,
});

const makeClips = async (...names: string[]): Promise<void> => {
  for (const name of names) {
    await mkdir(join(clipsDir, name, '..'), { recursive: true });
    await writeFile(join(clipsDir, name), `clip ${name}`);
  }
};

/** Runs a batch over the clips. @param fails by clip: how it fails */
const run = async (
  change: Partial<BatchRequest> & { fails?: Record<string, ErrorCode>; killsAfter?: number } = {},
): Promise<{ entries: LedgerEntry[]; worked: string[] }> => {
  const { fails = {}, killsAfter = Number.POSITIVE_INFINITY, ...rest } = change;
  const out = join(folder, 'out');
  const clips = await listClips([clipsDir], { recursive: true, out });
  const worked: string[] = [];
  const work = async ({ path, directory }: ClipWork): Promise<Pick<LedgerEntry, 'frames' | 'objects'>> => {
    const name = path.slice(clipsDir.length + 1);
    worked.push(name);
    await writeFile(join(directory, 'results.json'), `results of ${name}`);
    if (worked.length > killsAfter) throw new AppError('engine-lost', 'killed');
    const code = fails[name];
    if (code) throw new AppError(code, `${name} is broken.`);
    return { frames: 3, objects: [{ name: 'Car', foundFrames: 2 }] };
  };
  const request = { clips, job: jobNamed('job'), out, atATime: 1, retriesFailed: false, signal: new AbortController().signal, ...rest };
  const events = { onStart: () => {}, onProgress: () => {}, onEnd: () => {} };
  return { entries: await Batch.run(work, request, events), worked };
};

const outNames = async (): Promise<string[]> =>
  (await readdir(join(folder, 'out'), { recursive: true })).map((name) => name.replaceAll('\\', '/')).sort();

describe('a batch', () => {
  it('gives each clip a folder of its own, and the ledger a line', async () => {
    await makeClips('b.mp4', 'a.mp4', 'deep/a.mp4', 'notes.txt');
    const { entries } = await run({ atATime: 2 });
    expect(entries.map(({ clip, state, folder: place }) => [clip, state, place])).toEqual([
      ['a.mp4', 'done', 'a.mp4'],
      ['b.mp4', 'done', 'b.mp4'],
      ['deep/a.mp4', 'done', 'deep/a.mp4'],
    ]);
    expect(await outNames()).toEqual([
      ...['a.mp4', 'a.mp4/batch.json', 'a.mp4/results.json', 'b.mp4', 'b.mp4/batch.json', 'b.mp4/results.json'],
      ...['deep', 'deep/a.mp4', 'deep/a.mp4/batch.json', 'deep/a.mp4/results.json', ledgerName],
    ]);
  });

  it('does nothing again that is whole; another job or another clip of that name is other work', async () => {
    await makeClips('a.mp4', 'b.mp4');
    await run();
    expect((await run()).worked).toEqual([]);
    await writeFile(join(clipsDir, 'a.mp4'), 'another clip');
    expect((await run()).worked).toEqual(['a.mp4']);
    expect((await run({ job: jobNamed('another') })).worked).toEqual(['a.mp4', 'b.mp4']);
  });

  it('goes on after a clip that fails, and tries it again when asked to', async () => {
    await makeClips('a.mp4', 'b.mp4', 'c.mp4');
    const { entries, worked } = await run({ fails: { 'b.mp4': 'source-unreadable' } });
    expect(worked).toEqual(['a.mp4', 'b.mp4', 'c.mp4']);
    expect(entries.map(({ state, error }) => error?.code ?? state)).toEqual(['done', 'source-unreadable', 'done']);
    expect(existsSync(join(folder, 'out', 'b.mp4'))).toBe(false);
    expect((await run()).worked).toEqual([]);
    expect((await run({ retriesFailed: true })).entries.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  });

  it('ends with the engine, and not with an error of each clip that is left', async () => {
    await makeClips('a.mp4', 'b.mp4', 'c.mp4');
    await expect(run({ killsAfter: 1 })).rejects.toMatchObject({ code: 'engine-lost' });
    expect(new Ledger(join(folder, 'out', ledgerName)).entries.map(({ clip }) => clip)).toEqual(['a.mp4']);
    expect((await run()).worked).toEqual(['b.mp4', 'c.mp4']);
  });

  it('has the same ledger and files however often it was ended', async () => {
    const names = ['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4', 'e.mp4'];
    await makeClips(...names);
    const whole = ({ clip, key, state, folder: place, frames, objects }: LedgerEntry): unknown => [
      clip,
      key,
      state,
      place,
      frames,
      objects,
    ];
    const once = (await run()).entries.map(whole);
    const files = await outNames();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(2), { maxLength: 4 }), fc.boolean(), async (kills, isTorn) => {
        await rm(join(folder, 'out'), { recursive: true });
        for (const killsAfter of kills) await run({ killsAfter }).catch(() => {});
        const ledger = join(folder, 'out', ledgerName);
        // A kill may come between the last rename and the line, or inside the line.
        if (isTorn && existsSync(ledger)) await writeFile(ledger, (await readFile(ledger, 'utf8')).slice(0, -20));
        expect((await run()).entries.map(whole)).toEqual(once);
        expect(await outNames()).toEqual(files);
      }),
      { numRuns: 15 },
    );
  });

  it('replaces nothing that no batch wrote, and writes to no clip', async () => {
    await makeClips('a.mp4');
    await mkdir(join(folder, 'out', 'a.mp4'), { recursive: true });
    await writeFile(join(folder, 'out', 'a.mp4', 'mine.txt'), 'mine');
    expect((await run()).entries).toMatchObject([{ state: 'failed', error: { code: 'output-exists' } }]);
    expect(await readFile(join(folder, 'out', 'a.mp4', 'mine.txt'), 'utf8')).toBe('mine');
    const clips = [{ path: join(clipsDir, 'a.mp4'), name: 'a.mp4' }];
    await expect(run({ clips, out: clipsDir, retriesFailed: true })).rejects.toMatchObject({ code: 'output-unwritable' });
    expect(await readFile(join(clipsDir, 'a.mp4'), 'utf8')).toBe('clip a.mp4');
  });

  it('is alone in its folder', async () => {
    await makeClips('a.mp4');
    await mkdir(join(folder, 'out'));
    await writeFile(join(folder, 'out', '.in-use'), `${process.ppid} other`);
    await expect(run()).rejects.toMatchObject({ code: 'busy' });
  });
});
