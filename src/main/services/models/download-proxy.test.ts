/**
 * The proxy for downloads: its address is kept in the open, its password by the system or not at all, and no client is
 * told it.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { EnvironmentSecrets, type SecretName, type SecretStore } from '../secrets/secret-store.ts';
import type { InstallRun } from './install-run.ts';
import { ModelService } from './model-service.ts';

const address = 'http://me:hush@proxy.example:3128';
const shown = 'http://me@proxy.example:3128';

class MemorySecrets implements SecretStore {
  readonly kept = new Map<SecretName, string>();

  async get(name: SecretName): Promise<string | null> {
    return this.kept.get(name) ?? null;
  }
  async set(name: SecretName, value: string | null): Promise<void> {
    if (value === null) this.kept.delete(name);
    else this.kept.set(name, value);
  }
}

const noLink = { send: () => {}, sendBinary: () => {} };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sam2-proxy-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = async (secrets: SecretStore) => {
  const download = vi.fn(async (_id: string, _run: InstallRun, _proxy: string | null): Promise<never> => {
    throw new AppError('cancelled', 'Enough.');
  });
  const notify = vi.fn();
  const models = new ModelService(
    {
      installer: { download, model: async () => ({}) } as never,
      active: { view: null, isSwitching: false, prefer: () => {} } as never,
      settingsPath: join(folder, 'models.json'),
      secrets,
      remembers: false,
      sampleClip: '',
      checkPath: undefined,
    },
    { notify, onChange: () => {}, sessions: () => null, isWorking: () => false } as never,
  );
  await models.start();
  const usedFor = async (): Promise<string | null> => {
    await models.handlers['model.download']({ id: 'sam2.1-tiny' }, noLink);
    return download.mock.lastCall![2];
  };
  return { models, notify, usedFor, file: () => readFile(join(folder, 'models.json'), 'utf8') };
};

it('is used with its password, shown and kept without, and is there again at the next start', async () => {
  const secrets = new MemorySecrets();
  const first = await start(secrets);
  await first.models.handlers['model.setProxy']({ proxy: address }, noLink);
  expect(first.models.view.proxy).toBe(shown);
  expect(await first.usedFor()).toBe(address);
  expect(await first.file()).not.toContain('hush');
  expect(first.notify).not.toHaveBeenCalled();
  // What the window shows, sent back, changes nothing.
  await first.models.handlers['model.setProxy']({ proxy: shown }, noLink);
  expect(await first.usedFor()).toBe(address);

  const second = await start(secrets);
  expect(second.models.view.proxy).toBe(shown);
  expect(await second.usedFor()).toBe(address);
  await second.models.handlers['model.setProxy']({ proxy: 'http://other.example:80' }, noLink);
  expect(secrets.kept.size).toBe(0);
  expect(await second.usedFor()).toBe('http://other.example:80');
});

it('without a place for passwords it holds until the end, and the user is told', async () => {
  const first = await start(new EnvironmentSecrets({}));
  await first.models.handlers['model.setProxy']({ proxy: address }, noLink);
  expect(await first.usedFor()).toBe(address);
  expect(first.notify).toHaveBeenCalledExactlyOnceWith('warning', expect.stringContaining('SAM2_VIDEO_PROXY'));
  expect(await first.file()).not.toContain('hush');
  expect((await start(new EnvironmentSecrets({}))).models.view.proxy).toBe(shown);
  const given = await start(new EnvironmentSecrets({ SAM2_VIDEO_PROXY: address }));
  expect(await given.usedFor()).toBe(address);
});

it('a password that an older file has in the open is moved out of it', async () => {
  await writeFile(join(folder, 'models.json'), JSON.stringify({ model: null, proxy: address }));
  const secrets = new MemorySecrets();
  const { usedFor, file } = await start(secrets);
  expect(await usedFor()).toBe(address);
  expect(await file()).not.toContain('hush');
  expect(secrets.kept.get('download-proxy')).toBe(address);
});
