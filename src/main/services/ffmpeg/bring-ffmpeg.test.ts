import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { bringFfmpeg } from './bring-ffmpeg.ts';
import { installCommand } from './install-command.ts';

const pretended = '#!/bin/sh\necho "ffmpeg version 7.1 Copyright (c) the FFmpeg developers"\n';
const require = createRequire(import.meta.url);

let folder = '';
let server: Server;
let answer = { status: 200, body: Buffer.alloc(0) };
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url!);
    response.writeHead(answer.status, { 'content-length': answer.body.length }).end(answer.body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  process.env.FFMPEG_BINARIES_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  delete process.env.FFMPEG_BINARIES_URL;
  server.close();
});

/** A copy of ffmpeg-static as it is installed, without its program. */
const installedStatic = async (): Promise<string> => {
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '@derhuerst'), { recursive: true });
  await cp(dirname(require.resolve('ffmpeg-static')), join(modules, 'ffmpeg-static'), {
    recursive: true,
    filter: (path) => !/[\\/]ffmpeg(\.exe)?$/.test(path),
  });
  const fromStatic = createRequire(require.resolve('ffmpeg-static'));
  for (const name of ['@derhuerst/http-basic', 'https-proxy-agent', 'progress'])
    await symlink(
      dirname(fromStatic.resolve(`${name}/package.json`)),
      join(modules, name),
      process.platform === 'win32' ? 'junction' : 'dir',
    );
  return join(modules, 'ffmpeg-static');
};

/** Looks where the engine would: for a file that is there. */
const lookFor =
  (path: string, isChosen = false) =>
  async (): Promise<string> => {
    if (!existsSync(path)) throw new AppError('ffmpeg-missing', 'ffmpeg could not be run. Install it.', { details: { isChosen } });
    return path;
  };

const nowhere = (): Record<string, string> => ({ PATH: join(folder, 'empty') });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sam2-bring-'));
  asked.length = 0;
  // Whatever ffmpeg-static has cached must not answer for the server.
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  return () => {
    delete process.env.XDG_CACHE_HOME;
    return rm(folder, { recursive: true, force: true });
  };
});

describe.skipIf(process.platform === 'win32')('bringFfmpeg', () => {
  it('takes what is there and fetches nothing', async () => {
    const path = join(folder, 'ffmpeg');
    await writeFile(path, pretended, { mode: 0o755 });
    const told: string[] = [];
    const found = await bringFfmpeg({
      tell: (line) => told.push(line),
      look: lookFor(path),
      installer: null,
    });
    expect(found).toBe(path);
    expect(told).toEqual([]);
  });

  it("fetches it with ffmpeg-static's own script, and says so", async () => {
    const place = await installedStatic();
    answer = { status: 200, body: gzipSync(pretended) };
    const told: string[] = [];
    const program = join(place, 'ffmpeg');
    const found = await bringFfmpeg({
      tell: (line) => told.push(line),
      look: lookFor(program),
      installer: join(place, 'install.js'),
    });
    expect(found).toBe(program);
    expect(told[0]).toBe('Fetching ffmpeg (once).');
    expect(asked[0]).toMatch(/\/ffmpeg-\w+-\w+\.gz$/);
  });

  it('asks before it uses the package manager, and says what to do when the answer is no', async () => {
    const place = await installedStatic();
    answer = { status: 404, body: Buffer.alloc(0) };
    const manager = process.platform === 'darwin' ? 'brew' : 'apt-get';
    for (const name of [manager, 'sudo']) await writeFile(join(folder, name), '#!/bin/sh\n', { mode: 0o755 });
    const questions: string[] = [];
    const options = {
      tell: () => {},
      look: lookFor(join(folder, 'ffmpeg')),
      env: { PATH: folder },
      installer: join(place, 'install.js'),
    };
    const no = bringFfmpeg({
      ...options,
      ask: async ({ text }) => {
        questions.push(text);
        return false;
      },
    });
    await expect(no).rejects.toMatchObject({ code: 'ffmpeg-missing', message: expect.stringContaining('Install it') });
    expect(questions).toEqual([expect.stringMatching(new RegExp(`^(sudo )?${manager} install .*ffmpeg$`))]);
    const yes = await bringFfmpeg({
      ...options,
      ask: async () => {
        await writeFile(join(folder, 'ffmpeg'), pretended, { mode: 0o755 });
        return true;
      },
    });
    expect(yes).toBe(join(folder, 'ffmpeg'));
  });

  it('asks nobody where nobody can answer', async () => {
    const nobody = bringFfmpeg({ tell: () => {}, look: lookFor(join(folder, 'absent')), env: nowhere(), installer: null });
    await expect(nobody).rejects.toMatchObject({ code: 'ffmpeg-missing' });
  });

  it('fetches nothing in place of a choice that does not work', async () => {
    const place = await installedStatic();
    const look = lookFor(join(folder, 'absent'), true);
    await expect(bringFfmpeg({ tell: () => {}, look, installer: join(place, 'install.js') })).rejects.toMatchObject({
      code: 'ffmpeg-missing',
    });
    expect(asked).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('installCommand', () => {
  const managerIn = async (...names: string[]): Promise<NodeJS.ProcessEnv> => {
    for (const name of names) await writeFile(join(folder, name), '#!/bin/sh\n', { mode: 0o755 });
    return { PATH: folder };
  };

  it('is that of the system', async () => {
    expect((await installCommand('linux', await managerIn('dnf'), true))?.text).toBe('dnf install --assumeyes ffmpeg-free');
    expect((await installCommand('linux', await managerIn('apt-get'), true))?.text).toBe('apt-get install --yes ffmpeg');
    expect((await installCommand('darwin', await managerIn('brew'), false))?.text).toBe('brew install ffmpeg');
    expect((await installCommand('win32', await managerIn('winget.exe'), false))?.text).toBe('winget install --exact --id Gyan.FFmpeg');
  });

  it('becomes root by sudo, or is none', async () => {
    const env = await managerIn('apt-get');
    expect(await installCommand('linux', env, false)).toBeNull();
    expect((await installCommand('linux', await managerIn('sudo'), false))?.text).toBe('sudo apt-get install --yes ffmpeg');
    expect(await installCommand('linux', { PATH: '' }, true)).toBeNull();
  });
});
