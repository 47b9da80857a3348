import { describe, expect, it } from 'vitest';
import { systemCipher } from './safe-storage.ts';

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
