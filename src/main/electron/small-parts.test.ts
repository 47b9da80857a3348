/** Parts of the shell that are plain functions: files that are handed over, signs of work, flavours, the system's encryption. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { flavourOf, isDebugged } from './flavour.ts';
import { filesOfArgv, OpenRequests, projectOrFile, startDataSchema } from './opened-files.ts';
import { systemCipher } from './safe-storage.ts';
import { workSigns } from './work-signs.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sam2-shell-'));
  for (const name of ['a.mp4', 'b c.mp4']) await writeFile(join(folder, name), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('files that are handed over', () => {
  it('are found among switches, and only when they are there', () => {
    const given = ['--original-process-start-time=1', 'a.mp4', '--no-sandbox', join(folder, 'b c.mp4'), 'missing.mp4', ''];
    const found = [join(folder, 'a.mp4'), join(folder, 'b c.mp4')];
    expect(filesOfArgv(['/opt/app', ...given], true, folder)).toEqual(found);
    expect(filesOfArgv(['/electron', '.', ...given], false, folder)).toEqual(found);
  });

  it("open the project that a project's file belongs to", () => {
    expect(projectOrFile(join('work', 'project.json'))).toBe('work');
    expect(projectOrFile('clip.mp4')).toBe('clip.mp4');
  });

  it('are checked when another start hands them over', () => {
    expect(startDataSchema.safeParse({ files: ['/a.mp4'] }).success).toBe(true);
    for (const data of [undefined, {}, { files: 'a' }, { files: [7] }, { files: [''] }, { files: ['x'.repeat(5000)] }])
      expect(startDataSchema.safeParse(data).success).toBe(false);
  });

  it('wait until the app is ready, are opened in turn, and what fails is told', async () => {
    const opened: string[] = [];
    const open = vi.fn(async (path: string) => {
      if (path === 'broken.mp4') throw new AppError('source-unreadable', 'broken.mp4 can not be read.');
      opened.push(path);
      return {} as never;
    });
    const add = vi.fn();
    const services = { sessions: { open }, notices: { add } };
    const requests = new OpenRequests();
    requests.add(['a.mp4', 'b.mp4']);
    expect(open).not.toHaveBeenCalled();
    expect(await requests.attach(services)).toBe(true);
    expect(opened).toEqual(['a.mp4', 'b.mp4']);
    expect(add).not.toHaveBeenCalled();
    requests.add(['broken.mp4']);
    requests.add([]);
    requests.add(['c.mp4']);
    await requests.settled();
    expect(add).toHaveBeenLastCalledWith('error', 'broken.mp4 can not be read.');
    expect(opened).toEqual(['a.mp4', 'b.mp4', 'c.mp4']);
    expect(await new OpenRequests().attach(services)).toBe(false);
  });
});

it('the computer stays awake exactly while there is work', () => {
  const blocker = { start: vi.fn(() => 7), stop: vi.fn(() => true) };
  const shares: number[] = [];
  const show = workSigns(blocker, (share) => shares.push(share), vi.fn());
  const at = (state: string, done = 0, total = 0) => ({ operations: [{ state, done, total }] }) as never;
  show({ operations: [] });
  expect(blocker.start).not.toHaveBeenCalled();
  show(at('running'));
  show(at('running', 50, 100));
  show(at('running', 50, 100));
  expect(blocker.start).toHaveBeenCalledExactlyOnceWith('prevent-app-suspension');
  show(at('done', 100, 100));
  show({ operations: [] });
  expect(blocker.stop).toHaveBeenCalledExactlyOnceWith(7);
  expect(shares).toEqual([0, 0.5, -1]);
  show(at('running'));
  expect(blocker.start).toHaveBeenCalledTimes(2);
});

it('a release is told from a test flavour by what its archive says, and lets no debugger in', async () => {
  await writeFile(join(folder, 'package.json'), '{"name":"sam2-video"}');
  expect(flavourOf(false, folder)).toBe('development');
  expect(flavourOf(true, folder)).toBe('release');
  await writeFile(join(folder, 'package.json'), '{"name":"sam2-video","flavour":"test"}');
  expect(flavourOf(true, folder)).toBe('test');
  for (const given of ['remote-debugging-port', 'remote-debugging-pipe', 'remote-debugging-io-pipes', 'load-extension']) {
    const asked = (name: string): boolean => name === given;
    expect(isDebugged('release', asked)).toBe(true);
    expect(isDebugged('test', asked)).toBe(false);
  }
  expect(isDebugged('release', () => false)).toBe(false);
});

describe("the system's encryption", () => {
  const storage = (isAvailable: boolean, backend: string) => ({
    isAsyncEncryptionAvailable: async () => isAvailable,
    getSelectedStorageBackend: () => backend as never,
    encryptStringAsync: async (text: string) => Buffer.from(text).reverse(),
    decryptStringAsync: async (data: Buffer) => ({ result: Buffer.from(data).reverse().toString(), shouldReEncrypt: true }),
  });

  it.each([
    [true, 'gnome_libsecret', 'linux', null],
    [true, 'kwallet6', 'linux', null],
    [true, 'basic_text', 'linux', 'uses no keyring'],
    [true, 'unknown', 'linux', 'uses no keyring'],
    [false, 'gnome_libsecret', 'linux', 'uses no keyring'],
    [true, 'basic_text', 'darwin', null],
    [true, 'basic_text', 'win32', null],
    [false, '', 'darwin', 'locked or unavailable'],
  ] as const)('available %s, %s on %s: %s', async (isAvailable, backend, platform, reason) => {
    const refusal = await systemCipher(storage(isAvailable, backend), platform).refusal();
    if (reason === null) expect(refusal).toBeNull();
    else expect(refusal).toContain(reason);
  });

  it('gives back what it took', async () => {
    const cipher = systemCipher(storage(true, 'kwallet6'), 'linux');
    expect(await cipher.decrypt(await cipher.encrypt('hush'))).toEqual({ text: 'hush', isStale: true });
  });
});
