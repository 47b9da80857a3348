/** The system's encryption of secrets: Keychain, DPAPI, or on Linux the keyring of the desktop. */
import type { SafeStorage } from 'electron';
import type { Cipher } from '../services/secrets/encrypted-secrets.ts';

type Part = Pick<SafeStorage, 'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'>;

const noKeyring =
  'This system uses no keyring (GNOME Keyring, KWallet), so anyone who can read the file could read it. Set one up, or use the environment variable.';

/** Only after `ready`. */
export const systemCipher = (safeStorage: Part, platform: NodeJS.Platform): Cipher => ({
  refusal: async () => {
    if (!(await safeStorage.isAsyncEncryptionAvailable()))
      return platform === 'linux' ? noKeyring : "The system's encryption is locked or unavailable. Unlock it and try again.";
    // Without a keyring Chromium "encrypts" with a password that is in its source.
    const isOpen = platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend());
    return isOpen ? noKeyring : null;
  },
  encrypt: (text) => safeStorage.encryptStringAsync(text),
  decrypt: async (data) => {
    const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(data);
    return { text: result, isStale: shouldReEncrypt };
  },
});
