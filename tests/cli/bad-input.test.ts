/** Bad input: each a clear message and a non-zero exit, and nothing half-written. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import { type Clips, ffprobeFramePts, makeClips } from '../../src/main/engine/media/testing/make-clips.ts';
import { resultsSchema } from '../../src/shared/results.ts';
import { engineOf, makeTempFolder, root, runCli, sampleClip, startCli } from './run-cli.ts';

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let clips: Clips;
beforeAll(async () => {
  folder = await makeTempFolder();
  clips = await makeClips(['cfr', 'notVideo', 'zeroByte', 'audioOnly', 'truncated', 'truncatedNoIndex', 'damaged']);
});
afterAll(async () => {
  await folder.remove();
  await clips.remove();
});

const track = (clip: string, ...args: string[]) => runCli(['track', clip, ...args, '--out', join(folder.path, 'out')]);
const click = ['--point', '160,120@0'];

describe('bad input', () => {
  it.each([
    ['a file that is not a video', 'notVideo', 'source-unreadable'],
    ['a zero-byte file', 'zeroByte', 'source-empty'],
    ['a file without video', 'audioOnly', 'source-no-video'],
    ['an mp4 cut before its tables', 'truncatedNoIndex', 'source-truncated'],
  ] as const)('%s', async (_what, clip, code) => {
    const run = await track(clips.path(clip), ...click);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(new RegExp(`error \\(${code}\\): .{20,}`));
  });

  it('a file that is not there', async () => {
    const run = await track(join(folder.path, 'nowhere.mp4'), ...click);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('error (source-missing)')]);
  });

  it('an mp4 that is cut short: what is there is tracked and kept, and said to be cut', async () => {
    const out = join(folder.path, 'cut');
    const run = await runCli(['track', clips.path('truncated'), ...click, '--out', out]);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('error (source-truncated)')]);
    const results = resultsSchema.parse(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')));
    expect(results.partial).toBe(true);
    expect(results.frames.length).toBeGreaterThan(10);
    expect(existsSync(join(out, 'annotated.mp4'))).toBe(true);
  });

  it('an mp4 that is damaged in the middle: every frame that decodes is tracked and written under its number, prompts there too', async () => {
    const out = join(folder.path, 'damaged');
    const run = await runCli(['track', clips.path('damaged'), '--object', 'it:point=160,120@0;point=160,120@35', '--out', out]);
    expect([run.code, run.stderr]).toEqual([0, expect.not.stringContaining('error (')]);
    const results = resultsSchema.parse(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')));
    expect(results.partial).toBe(false);
    // The independent witness; some of the 75 packets are destroyed.
    const { length } = await ffprobeFramePts(clips.path('damaged'));
    expect(length).toBeGreaterThan(60);
    expect(results.frames.map(({ frame, objects }) => [frame, objects.length])).toEqual(Array.from({ length }, (_, i) => [i, 1]));
    expect(readdirSync(join(out, 'masks'))).toHaveLength(length);
    const count = ['-v', 'error', '-count_frames', '-select_streams', 'v:0', '-show_entries', 'stream=nb_read_frames', '-of', 'csv=p=0'];
    expect(execFileSync('ffprobe', [...count, join(out, 'annotated.mp4')], { encoding: 'utf8' }).trim()).toBe(String(length));
  });

  it.each([
    [['--point', '4000,10@0'], 'prompt-outside-frame'],
    [['--point', '10,10@100000'], 'frame-out-of-range'],
    [['--box', '900,900,10,10@0'], 'prompt-outside-frame'],
    [['--point', 'here'], 'prompt-invalid'],
    [['--mask', 'missing.png@0'], 'prompt-invalid'],
    [[], 'prompt-invalid'],
    [[...click, '--direction', 'sideways'], 'bad-request'],
    [[...click, '--provider', 'abacus'], 'bad-request'],
    [[...click, '--model', 'nothing-like-it'], 'model-missing'],
  ])('%j', async (args, code) => {
    const run = await track(clips.path('cfr'), ...args);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining(`error (${code})`)]);
  });

  it('a mask of another size', async () => {
    const run = await track(clips.path('cfr'), '--mask', `${join(root, 'tests/cli/small-mask.png')}@0`);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('error (prompt-invalid)')]);
  });

  it('a model with one changed byte, and one that is cut', async () => {
    for (const [name, damage, code] of [
      [
        'tampered',
        (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 4000), Buffer.from([bytes[4000]! ^ 1]), bytes.subarray(4001)]),
        'model-tampered',
      ],
      ['cut', (bytes: Buffer) => bytes.subarray(0, 5000), 'model-corrupt'],
    ] as const) {
      const bundle = join(folder.path, name);
      cpSync(join(root, 'models/nano/bundle'), bundle, { recursive: true });
      const graph = join(bundle, 'memory_encoder.onnx');
      writeFileSync(graph, damage(readFileSync(graph)));
      const run = await track(clips.path('cfr'), ...click, '--model', bundle);
      expect([run.code, run.stderr]).toEqual([1, expect.stringContaining(`error (${code})`)]);
    }
  });

  it('a model whose manifest is not one', async () => {
    const bundle = join(folder.path, 'no-manifest');
    mkdirSync(bundle);
    writeFileSync(join(bundle, 'manifest.json'), '{"schema": 1');
    const run = await track(clips.path('cfr'), ...click, '--model', bundle);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('error (model-corrupt)')]);
  });

  it('an output folder that is a file', async () => {
    const file = join(folder.path, 'a-file');
    writeFileSync(file, '');
    const run = await runCli(['track', clips.path('cfr'), ...click, '--out', join(file, 'out')]);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('error (output-unwritable)')]);
  });

  it('no ffmpeg', async () => {
    const run = await runCli([
      'track',
      clips.path('cfr'),
      ...click,
      '--ffmpeg',
      join(folder.path, 'no-ffmpeg'),
      '--out',
      join(folder.path, 'out'),
    ]);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('error (ffmpeg-missing)')]);
    expect(run.stderr).toMatch(/install/i);
  });

  it('ffmpeg killed midway: results so far are kept', async () => {
    // Stands in for ffmpeg and tells the process id of the newest one, which during tracking is the decoder.
    const pidFile = join(folder.path, 'ffmpeg.pid');
    const wrapper = join(folder.path, 'ffmpeg');
    writeFileSync(wrapper, `#!/bin/sh\necho $$ > ${pidFile}\nexec ${await findFfmpeg()} "$@"\n`);
    chmodSync(wrapper, 0o755);
    const out = join(folder.path, 'killed');
    const { said, ended } = startCli([
      ...['track', sampleClip, '--point', '120,190@0', '--ffmpeg', wrapper, '--out', out],
      // A video that is written meanwhile has a decoder of its own.
      ...['--no-video', '--no-masks'],
    ]);
    await said(/Track forward: [1-9]\d*\/132/);
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    const run = await ended;
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('error (decode-failed)')]);
    const results = resultsSchema.parse(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')));
    expect(results.partial).toBe(true);
    expect(results.frames.length).toBeGreaterThan(0);
    expect(readdirSync(out)).toEqual(['results.json']);
  });

  it('the engine killed midway: results so far are kept', async () => {
    const out = join(folder.path, 'engine-killed');
    const { child, said, ended } = startCli(['track', sampleClip, '--point', '120,190@0', '--out', out]);
    await said(/Track forward: [1-9]\d*\/132/);
    process.kill(engineOf(child.pid!), 'SIGKILL');
    const run = await ended;
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('error (engine-lost)')]);
    const results = resultsSchema.parse(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')));
    expect(results.partial).toBe(true);
    expect(results.frames.at(-1)!.objects).toHaveLength(1);
  });
});
