/** Objects are hidden in a video: what is under their masks is gone, and so is what else could tell of them. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { redactionReportSchema } from '../../src/shared/redaction.ts';
import { resultsSchema } from '../../src/shared/results.ts';
import { decodeRle, expandCounts } from '../../src/shared/rle.ts';
import { makeTempFolder, runCli, sampleClip } from './run-cli.ts';

const [width, height, frames] = [640, 360, 6];
let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let clip = '';
beforeAll(async () => {
  folder = await makeTempFolder();
  clip = join(folder.path, 'clip.mp4');
  const cut = ['-ss', '2.4', '-i', sampleClip, '-frames:v', String(frames), '-s', `${width}x${height}`, '-shortest'];
  execFileSync('ffmpeg', ['-v', 'error', ...cut, '-metadata', 'title=At home', '-metadata', 'location=+48.1+011.5/', clip]);
});
afterAll(() => folder.remove());

const lumaOf = (path: string): Buffer =>
  execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'gray', '-'], { maxBuffer: 2 ** 28 });
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

it('covers the object on every frame, drops metadata and sound, and reports it', async () => {
  const out = join(folder.path, 'out');
  const run = await runCli(['track', clip, '--point', '240,180@0', '--hide', 'solid', '--margin', '6', '--mute', '--out', out]);
  expect(run.stderr).not.toContain('error');
  expect(run.code).toBe(0);
  const report = redactionReportSchema.parse(JSON.parse(readFileSync(join(out, 'redaction.json'), 'utf8')));
  const name = report.isReviewed ? 'redacted.mp4' : 'redacted (not reviewed).mp4';
  expect(readdirSync(out).sort()).toEqual([name, 'redaction.html', 'redaction.json', 'results.json']);
  expect([report.source.sha256, report.output]).toEqual([sha256(clip), { name, sha256: sha256(join(out, name)) }]);
  expect(report.objects).toMatchObject([{ hidden: [[0, frames - 1]], open: [] }]);

  const results = resultsSchema.parse(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')));
  const luma = lumaOf(join(out, name));
  for (const { frame, objects } of results.frames) {
    const [{ rle, area }] = objects as [(typeof objects)[number]];
    expect(area).toBeGreaterThan(1000);
    const mask = decodeRle({ size: rle.size, counts: expandCounts(rle.counts) });
    // Black but for what the encoder makes of it; "gray" is full range.
    const brightest = mask.reduce((most, isIn, i) => (isIn ? Math.max(most, luma[frame * width * height + i]!) : most), 0);
    expect(brightest).toBeLessThan(24);
  }
  const facts = execFileSync('ffprobe', ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', join(out, name)], {
    encoding: 'utf8',
  });
  expect(facts).not.toMatch(/At home|48\.1/);
  expect(JSON.parse(facts).streams.map(({ codec_type }: { codec_type: string }) => codec_type)).toEqual(['video']);
});

it('refuses what it does not know, and masks of what is hidden', async () => {
  const track = (...more: string[]): ReturnType<typeof runCli> =>
    runCli(['track', clip, '--point', '240,180@0', '--out', join(folder.path, 'none'), ...more]);
  expect(await track('--hide', 'ink')).toMatchObject({ code: 1, stderr: expect.stringMatching(/--hide.*solid, pixelate, blur/) });
  expect(await track('--mute')).toMatchObject({ code: 1, stderr: expect.stringContaining('need --hide') });
});
