/** The main job through the command line, on real footage. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paintLabel } from '../../src/main/engine/export/compositor.ts';
import { type Clips, ffprobeFramePts, ffprobeStream, makeClips } from '../../src/main/engine/media/testing/make-clips.ts';
import { CheckpointServer, stallAfter, whole } from '../../src/main/services/models/testing/checkpoint-server.ts';
import { type Results, resultsSchema } from '../../src/shared/results.ts';
import { engineOf, makeTempFolder, runCli, sampleClip, startCli } from './run-cli.ts';

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let clips: Clips;
beforeAll(async () => {
  folder = await makeTempFolder();
  clips = await makeClips(['cfr', 'vfr', 'large']);
});
afterAll(async () => {
  await folder.remove();
  await clips.remove();
});

const readResults = (out: string): Results => resultsSchema.parse(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')));

type XywhBox = [number, number, number, number];
const boxIou = ([ax, ay, aw, ah]: XywhBox, [bx, by, bw, bh]: XywhBox): number => {
  const across = Math.max(0, Math.min(ax + aw, bx + bw) - Math.max(ax, bx));
  const down = Math.max(0, Math.min(ay + ah, by + bh) - Math.max(ay, by));
  return (across * down) / (aw * ah + bw * bh - across * down);
};

const expectPngsEqual = (out: string, results: Results): void => {
  const { width, height } = results.source;
  for (const { frame, objects } of results.frames) {
    const labels = new Uint8Array(width * height);
    for (const { id, rle } of objects) paintLabel(labels, height, width, rle.counts, id);
    const png = decode(readFileSync(join(out, 'masks', `${String(frame).padStart(5, '0')}.png`)));
    expect(Buffer.from(png.data as Uint8Array).equals(Buffer.from(labels))).toBe(true);
  }
};

describe('sam2-video track', () => {
  it('follows the rabbit through the sample clip', async () => {
    const out = join(folder.path, 'sample');
    const run = await runCli([
      'track',
      sampleClip,
      '--object',
      'Rabbit:point=480,360@60;point=450,130@60;negative=190,370@60;negative=160,490@60;negative=110,60@60',
      '--out',
      out,
    ]);
    expect(run.stderr).toContain('frames/s');
    expect(run.code).toBe(0);

    const results = readResults(out);
    expect(results.partial).toBe(false);
    expect(results.frames).toHaveLength(132);
    expect(results.objects.map(({ name }) => name)).toEqual(['Rabbit']);
    // Nothing is claimed before the first prompt; from there on every frame has a result.
    expect(results.frames.map(({ objects }) => objects.length)).toEqual(Array.from({ length: 132 }, (_, t) => (t < 60 ? 0 : 1)));

    // Measured by hand on frame 100: the rabbit, arms and all, lies within x = 156 to 616, y = 84 to 630 and covers
    // about 120,000 px. nano takes a little of what is beside it too (137,000 px, box IoU 0.86).
    const { box, area, rle, objectLogit } = results.frames[100]!.objects[0]!;
    expect(objectLogit).toBeGreaterThan(0);
    expect(rle.size).toEqual([720, 1280]);
    expect(boxIou(box!, [156, 84, 460, 546])).toBeGreaterThan(0.75);
    expect(area).toBeGreaterThan(90_000);
    expect(area).toBeLessThan(185_000);

    const annotated = join(out, 'annotated.mp4');
    expect(await ffprobeFramePts(annotated)).toEqual(await ffprobeFramePts(sampleClip));
    expect(await ffprobeStream(annotated, 'a:0', 'codec_name')).toBe('aac');
    expect(readdirSync(join(out, 'masks'))).toHaveLength(132);
    expectPngsEqual(out, results);
  });

  it('takes boxes, negative points, masks and several objects, forwards and backwards, and keeps variable frame times', async () => {
    const vfr = clips.path('vfr');
    const first = join(folder.path, 'vfr-1');
    expect((await runCli(['track', vfr, '--box', '60,60,100,80@10', '--direction', 'both', '--out', first])).code).toBe(0);
    const mask = join(first, 'masks', '00010.png');

    const out = join(folder.path, 'vfr-2');
    const run = await runCli([
      'track',
      vfr,
      '--object',
      `again:mask=${mask}@10`,
      '--object',
      'other:point=200,120@4;negative=20,20@4',
      '--direction',
      'both',
      '--out',
      out,
    ]);
    expect(run.stderr).not.toContain('error');
    expect(run.code).toBe(0);
    const results = readResults(out);
    expect(results.frames.every(({ objects }) => objects.length === 2)).toBe(true);
    expect(results.frames[10]!.objects[0]!.prompted).toBe(true);
    expect(results.frames[10]!.objects[0]!.score).toBe(1);

    const times = await ffprobeFramePts(vfr);
    expect(new Set(times.slice(1).map((t, i) => Math.round((t - times[i]!) * 1e6))).size).toBeGreaterThan(2);
    expect(await ffprobeFramePts(join(out, 'annotated.mp4'))).toEqual(times);
    expectPngsEqual(out, results);
  });

  it('leaves what was done when it is interrupted', async () => {
    const out = join(folder.path, 'interrupted');
    const { child, said, ended } = startCli(['track', sampleClip, '--point', '120,190@0', '--out', out]);
    await said(/Track forward: [1-9]\d*\/132/);
    // As a service manager ends a group: the engine is told as well, and leaves it to the app.
    process.kill(engineOf(child.pid!), 'SIGTERM');
    child.kill('SIGTERM');
    const run = await ended;
    expect(run.code).toBe(130);
    const results = readResults(out);
    expect(results.partial).toBe(true);
    expect(results.frames.length).toBeGreaterThan(0);
    expect(results.frames.length).toBeLessThan(132);
    expect(results.frames.at(-1)!.objects).toHaveLength(1);
    expect(await ffprobeFramePts(join(out, 'annotated.mp4'))).toHaveLength(results.frames.length);
    expect(readdirSync(join(out, 'masks'))).toHaveLength(results.frames.length);
    expect(readdirSync(out).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('keeps what an export has written when that is interrupted, under names that say it is partial', async () => {
    const out = join(folder.path, 'export-interrupted');
    const { child, said, ended } = startCli(['track', sampleClip, '--point', '120,190@3', '--direction', 'backward', '--out', out]);
    // The table is written; pictures are under way.
    await said(/Export: [3-6]\d\/132/);
    child.kill('SIGINT');
    const run = await ended;
    expect(run.code).toBe(130);
    expect(readdirSync(out).sort()).toEqual(['annotated.partial.mp4', 'masks.partial', 'results.json']);
    const masks = readdirSync(join(out, 'masks.partial'));
    expect(masks.length).toBeGreaterThan(10);
    expect(masks.length).toBeLessThan(132);
    expect(await ffprobeFramePts(join(out, 'annotated.partial.mp4'))).toHaveLength(masks.length);
    expect(readResults(out).frames).toHaveLength(132);
    for (const name of ['annotated.partial.mp4', 'masks.partial', 'results.json']) expect(run.stdout).toContain(join(out, name));
  });

  it('has its masks on disk while it tracks; they go at the end, and at the next start where it was killed', async () => {
    const data = join(folder.path, 'scratch-data');
    const env = { SAM2_VIDEO_DATA: data };
    const killed = startCli(['track', sampleClip, '--point', '120,190@0', '--out', join(folder.path, 'killed')], env);
    await killed.said(/Track forward: [2-9]\d*\/132/);
    const files = readdirSync(join(data, 'scratch'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.log'));
    expect(files).toHaveLength(1);
    expect(statSync(join(data, 'scratch', files[0]!)).size).toBeGreaterThan(1000);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(existsSync(join(data, 'scratch', files[0]!))).toBe(true);
    const out = join(folder.path, 'after-kill');
    const again = await runCli(['track', clips.path('cfr'), '--point', '100,100@0', '--out', out, '--no-video', '--no-masks'], env);
    expect(again.code).toBe(0);
    expect(existsSync(join(data, 'scratch'))).toBe(false);
  });

  it('is stopped while it fetches, with exit code 130 and nothing left', async () => {
    await using server = await CheckpointServer.start(readFileSync(sampleClip), whole, stallAfter(100_000));
    const out = join(folder.path, 'stopped');
    const data = join(folder.path, 'data');
    const { child, ended } = startCli(['track', `${server.url}/clip.mp4`, '--point', '120,190@0', '--out', out], { SAM2_VIDEO_DATA: data });
    await server.asked(2);
    child.kill('SIGINT');
    const run = await ended;
    expect(run.stderr).not.toContain('error');
    expect(run.code).toBe(130);
    expect(readdirSync(data, { recursive: true }).filter((name) => /clip|in-use/.test(String(name)))).toEqual([]);
    expect(readdirSync(out)).toEqual([]);
  });

  it('shows its options', async () => {
    const { code, stdout } = await runCli(['track', '--help']);
    expect(code).toBe(0);
    for (const option of ['--point', '--box', '--mask', '--object', '--out']) expect(stdout).toContain(option);
  });
});

describe('sam2-video demo', () => {
  it('writes the annotated clip and a contact sheet, and says where', async () => {
    const out = join(folder.path, 'demo');
    const { code, stdout } = await runCli(['demo', '--out', out]);
    expect(code).toBe(0);
    for (const name of ['annotated.mp4', 'contact-sheet.png']) {
      expect(stdout).toContain(join(out, name));
      expect(existsSync(join(out, name))).toBe(true);
    }
    const { width, height } = decode(readFileSync(join(out, 'contact-sheet.png')));
    expect([width, height]).toEqual([1300, 556]);
  });
});
