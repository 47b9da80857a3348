import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { engineEnvironment } from '../engine-link/engine-environment.ts';
import { type Cipher, EncryptedSecrets } from './encrypted-secrets.ts';
import { EnvironmentSecrets, withoutSecrets } from './secret-store.ts';

const secret = 'http://me:hush@proxy.example:3128';

/** Turns every byte round; `stale` stands for a key that the system has replaced. */
const fakeCipher = (state: { refusal: string | null; stale: boolean; broken: boolean }): Cipher => {
  const turned = (data: Buffer): Buffer => Buffer.from(data.map((byte) => byte ^ 0xff));
  return {
    refusal: async () => state.refusal,
    encrypt: async (text) => turned(Buffer.from(text)),
    decrypt: async (data) => {
      if (state.broken) throw new Error('no key');
      return { text: turned(data).toString(), isStale: state.stale };
    },
  };
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sam2-secrets-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const path = (): string => join(folder, 'kept', 'secrets.json');

it('are kept encrypted, for the user alone, and forgotten', async () => {
  const state = { refusal: null, stale: false, broken: false };
  const secrets = new EncryptedSecrets(path(), fakeCipher(state), {});
  expect(await secrets.get('download-proxy')).toBeNull();
  await secrets.set('download-proxy', secret);
  expect(await readFile(path(), 'utf8')).not.toContain('hush');
  if (process.platform !== 'win32') expect((await stat(path())).mode & 0o777).toBe(0o600);
  expect(await new EncryptedSecrets(path(), fakeCipher(state), {}).get('download-proxy')).toBe(secret);
  await secrets.set('download-proxy', null);
  expect(await secrets.get('download-proxy')).toBeNull();
});

it('are not written where the system can not protect them, and the reason is told', async () => {
  const secrets = new EncryptedSecrets(path(), fakeCipher({ refusal: 'There is no keyring.', stale: false, broken: false }), {});
  await expect(secrets.set('download-proxy', secret)).rejects.toMatchObject({ code: 'not-allowed', message: 'There is no keyring.' });
  await expect(stat(path())).rejects.toThrow('ENOENT');
});

it('are encrypted again when the system has a newer key', async () => {
  const state = { refusal: null, stale: false, broken: false };
  const secrets = new EncryptedSecrets(path(), fakeCipher(state), {});
  await secrets.set('download-proxy', secret);
  const before = (await stat(path())).ino;
  state.stale = true;
  expect(await secrets.get('download-proxy')).toBe(secret);
  expect((await stat(path())).ino).not.toBe(before);
});

it('that can not be decrypted are asked for again; a damaged file counts as none', async () => {
  const state = { refusal: null, stale: false, broken: false };
  const secrets = new EncryptedSecrets(path(), fakeCipher(state), {});
  await secrets.set('download-proxy', secret);
  state.broken = true;
  await expect(secrets.get('download-proxy')).rejects.toMatchObject({ code: 'not-allowed' });
  await writeFile(path(), '{');
  expect(await secrets.get('download-proxy')).toBeNull();
});

it('come from the environment first, and on the web host from nowhere else', async () => {
  const env = { SAM2_VIDEO_PROXY: secret, PATH: '/bin' };
  expect(await new EncryptedSecrets(path(), fakeCipher({ refusal: null, stale: false, broken: false }), env).get('download-proxy')).toBe(
    secret,
  );
  const web = new EnvironmentSecrets(env);
  expect(await web.get('download-proxy')).toBe(secret);
  await expect(web.set('download-proxy', secret)).rejects.toMatchObject({
    code: 'not-allowed',
    message: expect.stringContaining('SAM2_VIDEO_PROXY'),
  });
  await web.set('download-proxy', null);
});

it('do not reach the engine', () => {
  expect(withoutSecrets({ SAM2_VIDEO_PROXY: secret, PATH: '/bin' })).toEqual({ PATH: '/bin' });
  process.env.SAM2_VIDEO_PROXY = secret;
  try {
    expect(JSON.stringify(engineEnvironment())).not.toContain('hush');
  } finally {
    delete process.env.SAM2_VIDEO_PROXY;
  }
});
