import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeTempFolder, runCli, sampleClip } from './run-cli.ts';

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
beforeAll(async () => {
  folder = await makeTempFolder();
  writeFileSync(join(folder.path, 'settings.json'), JSON.stringify({ version: 2, values: { 'engine.threads': 3, 'live.tries': 5 } }));
});
afterAll(() => folder.remove());

const env = (more: Record<string, string> = {}) => ({ SAM2_VIDEO_DATA: folder.path, ...more });

it('config prints what every command uses, and where it is from', async () => {
  const given = env({ TARGET_FPS: '20', CONFIG_PROFILE: 'performance', LENS_BATCH_SIZE: '20' });
  const { code, stdout } = await runCli(['config', '--json', '--threads', '2'], given);
  expect(code).toBe(0);
  const { settings, ignored } = JSON.parse(stdout);
  expect(settings['engine.threads']).toEqual({ value: 2, source: { kind: 'flag', name: '--threads' } });
  expect(settings['live.tries']).toEqual({ value: 5, source: { kind: 'file', name: join(folder.path, 'settings.json') } });
  expect(settings['stream.targetFps']).toEqual({ value: 20, source: { kind: 'environment', name: 'TARGET_FPS' } });
  expect(settings['stream.analysisHeight']).toEqual({ value: 480, source: { kind: 'profile', name: 'performance' } });
  expect(ignored).toEqual([{ variable: 'LENS_BATCH_SIZE', why: expect.any(String) }]);

  const text = await runCli(['config', '--set', 'metrics.port=9100'], env());
  expect(text.stdout).toMatch(/^metrics\.port +9100 +option --set$/m);
  expect(text.stdout).toMatch(/^metrics\.enabled +false +default$/m);
});

it.each([
  ['config', []],
  ['track', [sampleClip, '--point', '1,1@0', '--out', 'out']],
])('%s lists all that is wrong at once, and does nothing', async (command, rest) => {
  const wrong = env({ TARGET_FPS: '0', METRICS_PORT: 'ninety', SAM2_MODEL_SIZE: 'huge' });
  const { code, stderr } = await runCli([command, ...rest, '--set', 'no.such=1'], wrong);
  expect(code).toBe(1);
  for (const said of [
    'TARGET_FPS says "0"; use 1 to 60 frames/s',
    'METRICS_PORT says "ninety"',
    'tiny, small',
    'no.such: the option --set',
  ])
    expect(stderr).toContain(said);
});

it('watch ends with its own code', async () => {
  const path = join(folder.path, 'watch.json');
  writeFileSync(path, JSON.stringify({ streams: [{ name: 'door', source: sampleClip }] }));
  const { code, stderr } = await runCli(['watch', path], env({ PROCESSING_RESOLUTION: '721' }));
  expect(code).toBe(2);
  expect(stderr).toContain('PROCESSING_RESOLUTION says "721"; use 480, 720, 1080, 1440, 2160');
});
