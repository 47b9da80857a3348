/** Objects found on a live source, as they come, over a real connection. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import { defaultDiscovery } from '../../src/shared/discovery.ts';
import { LiveApp } from './live-app.ts';

let app: LiveApp;
let server: Server;
const ending: (() => unknown)[] = [];
const window = {};

/** The squirrel, over and over, at its own pace. */
const serveSquirrel = async (): Promise<string> => {
  const ffmpeg = await findFfmpeg();
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'video/mp2t' });
    const input = ['-v', 'error', '-re', '-stream_loop', '-1', '-i', resolve('resources/sample.mp4'), '-an'];
    const output = ['-vf', 'scale=640:-2,fps=8', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '8', '-f', 'mpegts', 'pipe:1'];
    const child = spawn(ffmpeg, [...input, ...output], { stdio: ['ignore', 'pipe', 'ignore'] });
    ending.push(() => child.kill('SIGKILL'));
    child.stdout.pipe(response);
    response.on('close', () => child.kill('SIGKILL'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/live.ts`;
};

beforeAll(async () => {
  app = await LiveApp.start();
});
afterAll(async () => {
  await app.end();
  for (const end of ending) end();
  server?.closeAllConnections();
  server?.close();
});

describe('a search on a live source', () => {
  it("shows objects as they come, and leaves them in the recording's clip", async () => {
    const { services } = app;
    const { operationId } = await services.live.start({ kind: 'network', url: await serveSquirrel() }, window);
    await app.untilFrame(2);
    const session = services.sessions.latest;
    const findId = services.find.start(session, { settings: { ...defaultDiscovery, density: 6 } });
    expect(() => services.find.start(session, { settings: defaultDiscovery })).toThrow(/already running/);
    const found = await app.until(({ session: now }) => now?.objects.some((one) => one.found && one.results.length > 0) ?? false);
    const [object] = found.session!.objects;
    expect(object!.found).toMatchObject({ isAuto: true });
    // What comes by itself is nothing to take back.
    expect(found.session!.history).toEqual({ undo: null, redo: null });
    const last = object!.results.at(-1)![1];
    await app.until(({ session: now }) => (now!.objects.find(({ id }) => id === object!.id)?.results.at(-1)?.[1] ?? 0) > last);
    session.edits.updateObject(object!.id, { name: 'Mine' });
    expect(session.edits.list.find(({ id }) => id === object!.id)!.found!.isAuto).toBe(false);
    await services.live.stop(session.id);
    expect((await services.operations.ended(findId)).state).toBe('done');
    expect((await services.operations.ended(operationId)).state).toBe('done');
    const clip = services.sessions.latestState!;
    expect(clip.live).toBeNull();
    expect(clip.objects.find(({ name }) => name === 'Mine')!.results.length).toBeGreaterThan(0);
  });
});
