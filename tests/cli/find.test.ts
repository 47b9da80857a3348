/** Objects are found in a clip without a click: a portrait that is carried through a grey picture, and leaves it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import { resultsSchema } from '../../src/shared/results.ts';
import { makeTempFolder, runCli } from './run-cli.ts';

const portrait = resolve(import.meta.dirname, '../fixtures/detectors/picture.png');
const [width, height, frames] = [480, 320, 24];

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let clip: string;
beforeAll(async () => {
  folder = await makeTempFolder();
  clip = join(folder.path, 'portrait.mp4');
  const filter = `color=0x708070:s=${width}x${height}:r=24[g];[0]scale=180:-2[p];[g][p]overlay=x=40+6*n:y=60:shortest=1`;
  const args = ['-v', 'error', '-loop', '1', '-framerate', '24', '-i', portrait, '-filter_complex', filter, '-frames:v', String(frames)];
  const made = spawnSync(await findFfmpeg(), [...args, '-pix_fmt', 'yuv420p', clip], { encoding: 'utf8' });
  expect(made.stderr).toBe('');
});
afterAll(() => folder.remove());

describe('sam2-video find', () => {
  it('finds a person, follows them and names them', async () => {
    const out = join(folder.path, 'found');
    const run = await runCli(['find', clip, '--classes', 'Person', '--interval', '6', '--no-masks', '--no-video', '--out', out]);
    expect(run.stderr).not.toContain('error');
    expect(run.code).toBe(0);
    const results = resultsSchema.parse(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')));
    expect(results.objects.map(({ name }) => name)).toContain('person 1');
    const id = results.objects.find(({ name }) => name === 'person 1')!.id;
    const centres = results.frames.flatMap(({ frame, objects }) => {
      const box = objects.find((object) => object.id === id)?.box;
      return box ? [{ frame, x: box[0] + box[2] / 2 }] : [];
    });
    expect(centres.length).toBeGreaterThan(frames / 2);
    for (const { frame, x } of centres) expect(Math.abs(x - (40 + 6 * frame + 90))).toBeLessThan(60);
    expect(run.stdout).toMatch(/person 1\tframes \d+ to \d+\tdetector/);
  });

  it('says that nothing was found where nothing is of the class', async () => {
    const out = join(folder.path, 'nothing');
    const run = await runCli(['find', clip, '--classes', 'giraffe', '--no-masks', '--no-video', '--out', out]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('No object was found.');
  });

  it.each([
    [['--strategy', 'magic'], '--strategy'],
    [['--density', '3'], '--density'],
    [['--max-objects', 'many'], '--max-objects'],
  ])('refuses %j before any work', async (options, named) => {
    const run = await runCli(['find', clip, ...options, '--out', join(folder.path, 'refused')]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(named);
  });
});
