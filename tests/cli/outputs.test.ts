/** The command line never writes over what it reads, nor over what exists, unless asked. */
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Clips, makeClips } from '../../src/main/engine/media/testing/make-clips.ts';
import { makeTempFolder, runCli } from './run-cli.ts';

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let clips: Clips;
beforeAll(async () => {
  folder = await makeTempFolder();
  clips = await makeClips(['single', 'cfr']);
});
afterAll(async () => {
  await clips.remove();
  await folder.remove();
});

const click = ['--point', '20,20@0'];

it.each([[], ['--overwrite']])('a silent clip in the folder of its own export stays as it was %s', async (...overwrite) => {
  const out = join(folder.path, `own${overwrite.length}`);
  await mkdir(out);
  await copyFile(clips.path('single'), join(folder.path, 'other-name.mp4'));
  await link(join(folder.path, 'other-name.mp4'), join(out, 'annotated.mp4'));
  const before = await readFile(join(out, 'annotated.mp4'));
  for (const clip of [join(out, 'annotated.mp4'), join(folder.path, 'other-name.mp4')]) {
    const run = await runCli(['track', clip, ...click, ...overwrite, '--out', out]);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('error (output-unwritable)')]);
  }
  expect(await readdir(out)).toEqual(['annotated.mp4']);
  expect(await readFile(join(out, 'annotated.mp4'))).toEqual(before);
});

it('an earlier run is replaced only when asked for, and then as a whole', async () => {
  const out = join(folder.path, 'again');
  const track = (...more: string[]) => runCli(['track', clips.path('single'), ...click, '--no-video', '--out', out, ...more]);
  expect((await track()).code).toBe(0);
  const masks = await readdir(join(out, 'masks'));
  await writeFile(join(out, 'masks', '09999.png'), 'of a longer clip');
  const refused = await track();
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('error (output-exists)')]);
  expect(existsSync(join(out, 'masks', '09999.png'))).toBe(true);
  expect((await track('--overwrite')).code).toBe(0);
  expect(await readdir(join(out, 'masks'))).toEqual(masks);
  expect((await readdir(out)).sort()).toEqual(['masks', 'results.json']);
});
