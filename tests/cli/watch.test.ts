/**
 * Streams without a window, through the command line: how they run, how they end, and what is said of a bad
 * configuration.
 */

import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import { RtspServer } from '../live/rtsp-server.ts';
import { makeTempFolder, runCli, startCli } from './run-cli.ts';

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

const write = (name: string, config: unknown): string => {
  const path = join(folder.path, name);
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  return path;
};
const address = (password: string): string => server.url.replace('//', `//anna:${password}@`);

/** A port that nobody uses, and one that somebody does. */
const listenSomewhere = async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  return { port: (other.address() as AddressInfo).port, close: () => other.close() };
};

describe('sam2-video watch', () => {
  it('runs until it is told to end, says how it goes, takes a changed file over, and leaves whole chapters', async () => {
    const { port, close } = await listenSomewhere();
    close();
    const streams = [
      { name: 'Front', source: address('s3cret'), targetFps: 5, objects: [{ name: 'Square', points: [{ x: 160, y: 90, label: 1 }] }] },
    ];
    const path = write('watch.json', { dataDir: 'data', port, streams });
    const { child, said, ended } = startCli(['watch', path, '--json', '--every', '0.5']);
    await said(/"phase":"active".*"objects":1,/);
    expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()).toBe('ok\n');
    write('watch.json', { dataDir: 'data', port, streams: [...streams, { name: 'Later', source: address('s3cret'), targetFps: 5 }] });
    child.kill('SIGHUP');
    await said(/"name":"Later","title":"[^"]*","phase":"active"/);
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining('the recordings are closed')]);
    for (const line of stdout.trim().split('\n')) expect(JSON.parse(line).streams.length).toBeGreaterThan(0);
    expect(stdout + stderr).not.toContain('s3cret');
    expect(readdirSync(join(folder.path, 'data', 'streams'))).toHaveLength(2);
  });

  it('ends with its own code when every source refuses, and says what to do', async () => {
    const path = write('refused.json', {
      dataDir: 'refused',
      streams: [
        { name: 'Locked', source: address('wrong') },
        { name: 'Nowhere', source: '/dev/video99' },
      ],
    });
    const { code, stderr } = await runCli(['watch', path]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/error \(address-forbidden\): Locked: .*password/i);
    expect(stderr).toMatch(/error \(camera-unavailable\): Nowhere: .*Plug it in/);
  });

  it('says that its port is in use', async () => {
    const { port, close } = await listenSomewhere();
    const { code, stderr } = await runCli(['watch', write('port.json', { port, streams: [{ name: 'A', source: address('s3cret') }] })]);
    close();
    expect([code, stderr]).toEqual([4, expect.stringMatching(/Port \d+ is used by another program/)]);
  });

  it.each([
    ['{', /JSON/],
    [{ streams: [] }, /streams: /],
    [
      {
        prot: 1,
        streams: [
          { name: '', source: 'rtsp://a/b', targetFps: 99 },
          { name: 'B', source: 'rtsp://a/c', analysisHeight: 700 },
        ],
      },
      /streams\[0\]\.name: [\s\S]*streams\[0\]\.targetFps: .*60[\s\S]*streams\[1\]\.analysisHeight: .*480[\s\S]*"prot"/,
    ],
    [
      {
        streams: [
          { name: 'A', source: 'rtsp://a/b' },
          { name: 'A', source: 'rtsp://a/c' },
        ],
      },
      /streams\[1\]: There is a stream "A" already/,
    ],
  ])('names everything that is wrong with %j', async (config, message) => {
    const { code, stderr } = await runCli(['watch', write('bad.json', config)]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
