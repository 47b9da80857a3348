/** A camera on the network through the command line: recorded, tracked and exported. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import { resultsSchema } from '../../src/shared/results.ts';
import { RtspServer } from '../live/rtsp-server.ts';
import { makeTempFolder, runCli } from './run-cli.ts';

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let server: RtspServer;
beforeAll(async () => {
  folder = await makeTempFolder();
  server = new RtspServer(await findFfmpeg(), 'anna:s3cret');
  await server.start();
});
afterAll(async () => {
  await server.close();
  await folder.remove();
});

describe('sam2-video live', () => {
  it('leaves the recording, and what was tracked on it as it came', async () => {
    const out = join(folder.path, 'out');
    const url = server.url.replace('//', '//anna:s3cret@');
    const args = ['live', url, '--point', '160,90@2', '--for', '6', '--no-masks', '--out', out];
    const { code, stdout, stderr } = await runCli(args, { SAM2_VIDEO_DATA: join(folder.path, 'data') });
    expect([code, stderr]).toEqual([0, expect.stringMatching(/: live, \d+ s/)]);
    expect(stdout).toMatch(/recording\.mkv: .*\n[\s\S]*results\.json: /);
    expect(stdout + stderr).not.toContain('s3cret');
    for (const name of ['recording.mkv', 'annotated.mp4']) expect(existsSync(join(out, name))).toBe(true);
    const results = resultsSchema.parse(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')));
    expect(results.frames.filter(({ objects }) => objects.length > 0).length).toBeGreaterThan(3);
    expect(existsSync(join(folder.path, 'data', 'live'))).toBe(true);
  });

  it.each([
    [['live', '--out', 'x', '--point', '1,1@0'], /Say what to open/],
    [['live', 'rtsp://127.0.0.1:1/x', '--point', '1,1@0'], /Say where to write/],
    [['live', 'rtsp://127.0.0.1:1/x', '--point', '1,1@0', '--out', 'x', '--for', 'ever'], /not a number of seconds/],
    [['live', 'rtsp://127.0.0.1:1/x', '--out', 'x'], /Say what to track/],
  ])('refuses what it does not understand: %j', async (args, message) => {
    const { code, stderr } = await runCli(args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  });
});
