/**
 * Streams over real connections: they run by themselves, chapter by chapter, whatever happens to their sources and the
 * engine.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import { RtspServer } from '../live/rtsp-server.ts';
import { StreamApp, square } from './stream-app.ts';

let ffmpeg: string;
let app: StreamApp;
const ending: (() => unknown)[] = [];

const rtsp = async (size?: string): Promise<RtspServer> => {
  const server = new RtspServer(ffmpeg);
  await server.start(size);
  ending.push(() => server.close());
  return server;
};
const camera = (server: RtspServer) => ({ kind: 'network' as const, url: server.url });

beforeAll(async () => {
  ffmpeg = await findFfmpeg({ setting: null });
  app = await StreamApp.start();
});
afterEach(async () => {
  for (const { id } of app.services.streams.states) await app.services.streams.remove(id, false);
  for (const end of ending.splice(0)) await end();
});
afterAll(() => app?.end());

const objectsOf = (id: string) =>
  app.services.sessions.get(app.state(id).sessionId!).edits.list.map(({ id: objectId, name }) => ({ objectId, name }));

describe('a stream', () => {
  it('runs without a tab, tracks its objects, and hands them from chapter to chapter under their ids', async () => {
    const server = await rtsp();
    const id = app.add({ name: 'Front', source: camera(server), targetFps: 5, chapterMinutes: 0.05, objects: [square] });
    const first = await app.until(id, ({ objects }) => objects === 1);
    expect(app.services.state.sessions).toEqual([]);
    expect(JSON.stringify(first).length).toBeLessThan(1000);
    expect(objectsOf(id)).toEqual([{ objectId: 1, name: 'Square' }]);
    const third = await app.until(id, ({ chapter, objects }) => chapter >= 2 && objects === 1);
    expect(third).toMatchObject({ phase: 'active', faults: 0 });
    expect(objectsOf(id)).toEqual([{ objectId: 1, name: 'Square' }]);
    await app.services.streams.settled();
    const chapters = app.services.streams.chapters(id).slice(0, 2);
    expect(chapters.map(({ number, objects }) => [number, objects])).toEqual([
      [0, 1],
      [1, 1],
    ]);
    const sessionId = await app.services.streams.openChapter(id, chapters[0]!.id);
    const clip = app.services.sessions.get(sessionId);
    expect(clip.objects[0]).toMatchObject({ id: 1, name: 'Square' });
    expect(clip.objects[0]!.results.length).toBeGreaterThan(0);
    // Its decoder gives the target rate and no more: the server sends ten a second, and each is recorded.
    const tracked = clip.objects[0]!.results.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    expect(tracked / clip.media.frameCount).toBeLessThan(0.75);
    expect(app.services.state.recents.length).toBeGreaterThan(0);
    expect(app.services.streams.chapters(id)[0]!.number).toBe(1);
    await app.services.sessions.close(sessionId, true);
  });

  it('is viewed in a tab, corrected there, and goes on when the tab is closed', async () => {
    const server = await rtsp();
    const id = app.add({ name: 'Gate', source: camera(server), targetFps: 5 });
    await app.until(id, ({ frame }) => (frame ?? 0) > 2);
    const sessionId = app.services.streams.view(id);
    expect(app.services.state.sessions).toMatchObject([{ id: sessionId, isLive: true, isStream: true }]);
    const session = app.services.sessions.get(sessionId);
    const object = session.edits.addObject('Mine');
    await session.edits.setPoints(object, app.state(id).frame!, [{ x: 160, y: 90, label: 1 }], null);
    await app.until(id, ({ objects }) => objects === 1);
    expect(app.services.streams.unview(sessionId)).toBe(true);
    expect(app.services.state.sessions).toEqual([]);
    const { frame } = app.state(id);
    await app.until(id, (state) => (state.frame ?? 0) > frame! + 3 && state.objects === 1);
  });

  it('is connected again for ever, counts one fault a break, and keeps its objects', async () => {
    const server = await rtsp();
    const id = app.add({ name: 'Yard', source: camera(server), targetFps: 5, objects: [square] });
    await app.until(id, ({ objects }) => objects === 1);
    await server.kill();
    await app.until(id, ({ faults }) => faults === 1);
    await server.listen();
    await app.until(id, ({ reconnects, fps }) => reconnects === 1 && fps !== null);
    expect(app.state(id)).toMatchObject({ faults: 1, phase: 'active' });
    await app.until(id, ({ objects }) => objects === 1);
  });

  it('begins a chapter when the picture changes, with its objects at the new size', async () => {
    const server = await rtsp();
    const id = app.add({ name: 'Dock', source: camera(server), targetFps: 5, objects: [square] });
    await app.until(id, ({ objects }) => objects === 1);
    await server.close();
    await server.start('480x270');
    await app.until(id, ({ chapter, objects }) => chapter === 1 && objects === 1);
    expect(app.services.sessions.get(app.state(id).sessionId!).media).toMatchObject({ width: 480, height: 270 });
    expect(objectsOf(id)).toEqual([{ objectId: 1, name: 'Square' }]);
    expect(app.state(id).faults).toBe(1);
  });

  it('goes on over an engine that dies, and over another model, and loses no id', async () => {
    const servers = [await rtsp(), await rtsp()];
    const ids = servers.map((server, i) => app.add({ name: `Camera ${i}`, source: camera(server), targetFps: 5, objects: [square] }));
    for (const id of ids) await app.until(id, ({ objects }) => objects === 1);
    process.kill(app.services.engine.pid!, 'SIGKILL');
    for (const id of ids) await app.until(id, ({ chapter, objects }) => chapter === 1 && objects === 1);
    for (const id of ids) expect(app.state(id)).toMatchObject({ faults: 1, lastFault: { code: 'engine-lost' } });
    await app.services.models.switchTo('nano@352');
    for (const id of ids) await app.until(id, ({ chapter, objects }) => chapter === 2 && objects === 1);
    for (const id of ids) expect(objectsOf(id)).toEqual([{ objectId: 1, name: 'Square' }]);
    for (const id of ids) expect(app.state(id).faults).toBe(1);
  });

  it('that is refused says why and is tried again; a paused one is left alone', async () => {
    const server = new RtspServer(ffmpeg, 'anna:pass');
    await server.start();
    ending.push(() => server.close());
    const id = app.add({ name: 'Secret', source: { kind: 'network', url: server.url.replace('//', '//anna:wrong@') } });
    const state = await app.until(id, ({ phase }) => phase === 'failed');
    expect(state.lastFault?.code).toBe('address-forbidden');
    expect(JSON.stringify(state)).not.toContain('wrong');
    app.services.streams.edit(id, { source: { kind: 'network', url: server.url.replace('//', '//anna:pass@') } });
    await app.until(id, ({ phase }) => phase === 'active');
    app.services.streams.edit(id, { isPaused: true });
    await app.until(id, ({ phase, sessionId }) => phase === 'paused' && sessionId === null);
    app.services.streams.edit(id, { isPaused: false });
    await app.until(id, ({ phase }) => phase === 'active');
  });

  it('of a file is played at its own pace, with what helps the model, and ends with it', async () => {
    const path = join(app.folder, 'clip.mp4');
    const { spawnSync } = await import('node:child_process');
    const made = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10:duration=3', '-pix_fmt', 'yuv420p', '-y', path];
    expect(spawnSync(ffmpeg, made).status).toBe(0);
    const id = app.add({
      name: 'File',
      source: { kind: 'file', path, repeats: false },
      targetFps: 10,
      enhance: ['denoise', 'low-light', 'sharpen'],
      objects: [square],
    });
    await app.until(id, ({ objects }) => objects === 1);
    await app.until(id, ({ phase, sessionId }) => phase === 'ended' && sessionId === null);
    await app.services.streams.settled();
    expect(app.state(id).faults).toBe(0);
    expect(app.services.streams.chapters(id)).toHaveLength(1);
  });
});

it('are there again at the next start, with their objects, in a file of their owner alone', async () => {
  const server = await rtsp();
  const folder = join(app.folder, 'second');
  mkdirSync(folder);
  const first = await StreamApp.start({}, folder);
  const id = first.add({ name: 'Kept', source: camera(server), targetFps: 5, objects: [square] });
  await first.until(id, ({ objects }) => objects === 1);
  await first.services.close();
  expect(statSync(join(folder, 'streams.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'streams', id)).length).toBe(2);
  const second = await StreamApp.start({}, folder);
  try {
    const state = await second.until(id, ({ objects }) => objects === 1);
    expect(state).toMatchObject({ name: 'Kept', chapter: 1 });
  } finally {
    await second.services.close();
  }
});
