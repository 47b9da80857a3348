/** Clips that are whole and odd, and clips that go wrong while they are open: the app goes on, and the work stays. */
import { copyFile, mkdir, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeServices } from '../../src/main/cli/headless.ts';
import { findFfmpeg } from '../../src/main/engine/media/ffmpeg-binary.ts';
import { runFfmpeg } from '../../src/main/engine/media/ffmpeg-process.ts';
import { type ClipName, type Clips, ffprobeFramePts, makeClips } from '../../src/main/engine/media/testing/make-clips.ts';
import { openSource } from '../../src/main/services/app/open-source.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import { makeTempFolder } from './run-cli.ts';

/** More of their kind are decoded beside the decoder (decode.test.ts). */
const odd: ClipName[] = ['single', 'onePixel', 'odd', 'rotated', 'tenBit', 'resized'];

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let clips: Clips;
let services: Services;
beforeAll(async () => {
  folder = await makeTempFolder();
  clips = await makeClips([...odd, 'cfr']);
  services = await makeServices({}, { dataDir: join(folder.path, 'data'), keepsProjects: true, exportRoot: folder.path });
  services.engine.require();
});
afterAll(async () => {
  await services.close();
  await clips.remove();
  await folder.remove();
});

const clickMiddle = async (frame = 0): Promise<number> => {
  const session = services.sessions.latest;
  const objectId = session.edits.addObject('Ä "thing", 漢字');
  const { width, height } = session.media;
  await session.edits.setPoints(objectId, frame, [{ x: Math.floor(width / 2), y: Math.floor(height / 2), label: 1 }], null);
  return objectId;
};
const ended = async (id: string) => services.operations.ended(id);

describe('a clip under a name of any letters', () => {
  it.each(odd)('is opened, clicked, tracked and exported: %s', async (name) => {
    const path = join(folder.path, `clip ü #1 %20 'x' 漢字 ${name}${clips.path(name).replace(/.*(?=\.)/, '')}`);
    await copyFile(clips.path(name), path);
    const session = await services.sessions.open(path);
    // To its end, and of a long one so much that its size changes.
    const from = Math.max(0, session.media.frameCount - (name === 'resized' ? 30 : 6));
    const to = session.media.frameCount - 1;
    const objectId = await clickMiddle(from);
    expect(await ended(services.runs.start(services.sessions.latest, { direction: 'forward', from }))).toMatchObject({
      state: 'done',
      error: null,
    });
    expect(session.store.ranges(objectId)).toEqual([[from, to]]);
    const directory = join(folder.path, `out ü %d 漢字 ${name}`);
    expect(
      await ended(
        services.exports.start(services.sessions.latest, {
          directory,
          range: { from, to },
          video: true,
          masks: true,
          json: true,
          contactSheet: true,
        }),
      ),
    ).toMatchObject({
      state: 'done',
      error: null,
    });
    expect(await readdir(directory)).toEqual(expect.arrayContaining(['annotated.mp4', 'contact-sheet.png', 'masks', 'results.json']));
    expect(await readdir(join(directory, 'masks'))).toHaveLength(to - from + 1);
    expect(await ffprobeFramePts(join(directory, 'annotated.mp4'))).toHaveLength(to - from + 1);
  });

  it('is a folder of transparent pictures with gaps in their numbers', async () => {
    const pictures = join(folder.path, 'pictures ü 漢字');
    await mkdir(pictures);
    const source = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=0.4,format=rgba', join(pictures, 'f %d ä.png').replace('%d', '%04d')];
    expect((await runFfmpeg(await findFfmpeg(), source)).code).toBe(0);
    for (const gap of ['f 0002 ä.png', 'f 0007 ä.png']) await rm(join(pictures, gap));
    const session = await openSource(services, pictures);
    expect(session.media).toMatchObject({ frameCount: 8, width: 64, height: 48 });
    await clickMiddle();
    expect(await ended(services.runs.start(services.sessions.latest, { direction: 'forward' }))).toMatchObject({
      state: 'done',
      error: null,
    });
  });
});

describe('a clip that changes while it is open', () => {
  let path = '';
  let objectId = 0;
  beforeAll(async () => {
    path = join(folder.path, 'open.mp4');
    await copyFile(clips.path('cfr'), path);
    await services.sessions.open(path);
    objectId = await clickMiddle();
    await ended(services.runs.start(services.sessions.latest, { direction: 'forward', to: 10 }));
  });
  /** What was made, however the clip is. */
  const expectWork = (): void => {
    const [object] = services.sessions.latestState!.objects;
    expect(object).toMatchObject({ id: objectId, prompts: [{ frame: 0 }] });
    expect(object!.results[0]![0]).toBe(0);
    expect(object!.results[0]![1]).toBeGreaterThanOrEqual(10);
    expect(services.state.engine.state).toBe('ready');
  };

  it('and grows is read as it was', async () => {
    await writeFile(path, Buffer.alloc(100_000, 7), { flag: 'a' });
    expect(await ended(services.runs.start(services.sessions.latest, { direction: 'forward', from: 10, to: 15 }))).toMatchObject({
      state: 'done',
      error: null,
    });
    expect(await services.sessions.latest.frameMessage(1, 70, 320, 240)).toMatchObject({ frame: 70, width: 320 });
    expectWork();
  });

  it.each([
    ['is cut', () => truncate(path, 1000)],
    ['is another file', () => writeFile(path, 'This is a letter, not a film.\n'.repeat(2000))],
    ['is gone', () => rm(path)],
  ])('and %s: what needs it fails with the reason, the work stays, and it can be put back', async (_, change) => {
    const kept = join(folder.path, 'kept.mp4');
    await rm(path, { force: true });
    await copyFile(clips.path('cfr'), path);
    await copyFile(path, kept);
    await change();
    const { state, error } = await ended(services.runs.start(services.sessions.latest, { direction: 'forward', from: 20, to: 40 }));
    expect(state).toBe('failed');
    expect(error!.message).toMatch(/open\.mp4.*\. /);
    expect(error!.code).not.toBe('internal');
    expectWork();
    await rename(kept, path);
    expect(await ended(services.runs.start(services.sessions.latest, { direction: 'forward', from: 20, to: 25 }))).toMatchObject({
      state: 'done',
      error: null,
    });
    expectWork();
  });
});
