/** Tables for other programs through the command line, beside the tracking and of a project. */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeTempFolder, root, runCli, sampleClip } from './run-cli.ts';

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let clip = '';
beforeAll(async () => {
  folder = await makeTempFolder();
  clip = join(folder.path, 'clip.mp4');
  execFileSync('ffmpeg', ['-v', 'error', '-ss', '2.4', '-i', sampleClip, '-frames:v', '4', '-s', '640x360', '-an', clip]);
});
afterAll(() => folder.remove());

const formats = 'coco,csv,yolo-seg,yolo-box,mot,mots,youtube-vis,cvat,label-studio,voc';
const files = [
  ...['coco.json', 'cvat.xml', 'label-studio.json', 'mot.txt', 'mots.txt', 'results.json', 'tracks.csv'],
  ...['voc', 'yolo-box', 'yolo-seg', 'youtube-vis.json'],
];

it('track writes each table it is asked for, and over its own alone', async () => {
  const out = join(folder.path, 'out');
  const track = (...more: string[]): ReturnType<typeof runCli> =>
    runCli(['track', clip, '--point', '240,180@0', '--no-video', '--no-masks', '--export', formats, '--out', out, ...more]);
  expect((await track()).code).toBe(0);
  expect(readdirSync(out).sort()).toEqual(files);
  expect(readdirSync(join(out, 'yolo-seg', 'labels'))).toHaveLength(4);
  expect(readFileSync(join(out, 'mot.txt'), 'utf8').trimEnd().split('\n')).toHaveLength(4);
  expect(await track()).toMatchObject({ code: 1, stderr: expect.stringContaining('yolo-seg') });
  expect((await track('--overwrite')).code).toBe(0);
  expect(readdirSync(out).sort()).toEqual(files);
});

it('an unknown table is refused with those there are', async () => {
  const run = await runCli(['track', clip, '--point', '240,180@0', '--export', 'yolo', '--out', join(folder.path, 'none')]);
  expect(run).toMatchObject({ code: 1, stderr: expect.stringMatching(/no export "yolo"\. Known: coco, csv, yolo-seg/) });
});

it('export writes the tables of a project without tracking', async () => {
  const out = join(folder.path, 'of-project');
  const copy = join(folder.path, 'project');
  cpSync(join(import.meta.dirname, '../fixtures/project-1'), copy, { recursive: true });
  const file = join(copy, 'project.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('/clips/sample.mp4', sampleClip));
  const before = readdirSync(root);
  const run = await runCli(['export', copy, '--formats', 'mot,csv', '--json', '--out', out]);
  expect(run.stderr).not.toContain('error');
  expect(readdirSync(out).sort()).toEqual(['mot.txt', 'results.json', 'tracks.csv']);
  expect(readFileSync(join(out, 'tracks.csv'), 'utf8').split('\n').length).toBeGreaterThan(2);
  // A command keeps no list of recent projects, least of all where it happens to run.
  expect(readdirSync(root)).toEqual(before);
});
