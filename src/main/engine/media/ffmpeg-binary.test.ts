import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg, listEncoders, outsideArchive, parseFfmpegVersion } from './ffmpeg-binary.ts';
import { spawnFfmpeg } from './ffmpeg-process.ts';

let folder: string;
const none = async (): Promise<string[]> => [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sam2-video-ffmpeg-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A program that answers -version as an ffmpeg of that version would. */
const pretend = async (name: string, version: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho "ffmpeg version ${version} Copyright (c) the FFmpeg developers"\n`);
  await chmod(path, 0o755);
  return path;
};

describe.skipIf(process.platform === 'win32')('findFfmpeg', () => {
  it('prefers the setting, then FFMPEG_PATH, then the bundled file, then PATH', async () => {
    const [setting, variable, bundled, onPath] = [
      await pretend('a', '6.0'),
      await pretend('b', '6.1'),
      await pretend('c', '7.0'),
      await pretend('ffmpeg', '8.0'),
    ];
    const env = { FFMPEG_PATH: variable, PATH: folder };
    expect(await findFfmpeg({ setting, env, bundled: async () => [bundled] })).toBe(setting);
    expect(await findFfmpeg({ setting: ' ', env, bundled: async () => [bundled] })).toBe(variable);
    expect(await findFfmpeg({ env: { PATH: folder }, bundled: async () => [bundled] })).toBe(bundled);
    expect(await findFfmpeg({ env: { PATH: folder }, bundled: async () => [join(folder, 'not-downloaded')] })).toBe(onPath);
    expect(await findFfmpeg({ env: { PATH: folder }, bundled: async () => [join(folder, 'not-downloaded'), bundled] })).toBe(bundled);
    expect(await findFfmpeg({ env: { PATH: folder }, bundled: none })).toBe(onPath);
  });

  it.runIf(process.platform === 'linux' && process.arch === 'x64')(
    'finds one that came with the packages where PATH has none',
    async () => {
      const found = await findFfmpeg({ env: { PATH: '' } });
      expect(found).toContain('node_modules');
      const encoders = await listEncoders(found);
      expect([...encoders]).toEqual(expect.arrayContaining(['libx264', 'aac', 'png']));
    },
  );

  it('says how to install it when there is none', async () => {
    await expect(findFfmpeg({ env: { PATH: join(folder, 'empty') }, bundled: none })).rejects.toMatchObject({
      code: 'ffmpeg-missing',
      message: expect.stringMatching(/apt-get install ffmpeg.*FFMPEG_PATH/),
    });
  });

  it('does not pass over a choice that does not work', async () => {
    const notFfmpeg = join(folder, 'other');
    await writeFile(notFfmpeg, '#!/bin/sh\necho hello\n', { mode: 0o755 });
    for (const setting of [notFfmpeg, join(folder, 'absent')]) {
      await expect(findFfmpeg({ setting })).rejects.toMatchObject({ code: 'ffmpeg-missing', message: expect.stringContaining(setting) });
      await expect(findFfmpeg({ env: { FFMPEG_PATH: setting, PATH: folder } })).rejects.toMatchObject({ code: 'ffmpeg-missing' });
    }
  });

  it('refuses versions that lose frames', async () => {
    const old = await pretend('old', '4.4.2-0ubuntu0.22.04.1');
    await expect(findFfmpeg({ setting: old })).rejects.toMatchObject({ code: 'ffmpeg-missing', message: expect.stringContaining('4.4') });
    expect(await findFfmpeg({ setting: await pretend('least', '5.1') })).toBe(join(folder, 'least'));
    expect(await findFfmpeg({ setting: await pretend('git', 'N-1-gabc') })).toBe(join(folder, 'git'));
  });

  it('asks again after a failure', async () => {
    const later = join(folder, 'later');
    await expect(findFfmpeg({ setting: later })).rejects.toMatchObject({ code: 'ffmpeg-missing' });
    await pretend('later', '7.1');
    expect(await findFfmpeg({ setting: later })).toBe(later);
  });
});

it('a packaged program is looked for beside the archive', () => {
  const path = (archive: string): string => ['', 'opt', 'app', archive, 'node_modules', 'ffmpeg-static', 'ffmpeg'].join(sep);
  expect(outsideArchive(path('app.asar'))).toBe(path('app.asar.unpacked'));
  expect(outsideArchive(path('app'))).toBe(path('app'));
});

describe('what an ffmpeg can do', () => {
  it('reads its version', () => {
    expect(parseFfmpegVersion('ffmpeg version 5.1.9-0+deb12u1 Copyright')).toEqual([5, 1]);
    expect(parseFfmpegVersion('ffmpeg version n7.0.2 Copyright')).toEqual([7, 0]);
    expect(parseFfmpegVersion('ffmpeg version N-100-g1234 Copyright')).toBeNull();
  });

  it('lists encoders', async () => {
    const encoders = await listEncoders(await findFfmpeg());
    expect(encoders.has('rawvideo')).toBe(true);
    expect(encoders.has('=')).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('hands a child no secrets of the parent', async () => {
    const spy = join(folder, 'spy');
    await writeFile(spy, '#!/bin/sh\nenv\n', { mode: 0o755 });
    process.env.SAM2_TEST_SECRET = 'hush';
    const child = spawnFfmpeg(spy, { args: [] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await child.exit;
    delete process.env.SAM2_TEST_SECRET;
    expect(text).toContain('PATH=');
    expect(text).not.toContain('hush');
  });
});
