/** Secrets in one file of the user's, each encrypted by what the system has for that. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { writeJson } from '../../common/atomic-file.ts';
import { type SecretName, type SecretStore, secretFromEnvironment } from './secret-store.ts';

/** The system's encryption, which only this user on this machine can undo. */
export interface Cipher {
  /** Why nothing may be kept with it, for the user; null = it may. */
  refusal(): Promise<string | null>;
  encrypt(text: string): Promise<Buffer>;
  /** `isStale`: the system has a newer key, so it should be encrypted again. */
  decrypt(data: Buffer): Promise<{ text: string; isStale: boolean }>;
}

const fileSchema = z.object({ version: z.literal(1), secrets: z.record(z.string(), z.base64()) });
type SecretsFile = z.infer<typeof fileSchema>;

export class EncryptedSecrets implements SecretStore {
  readonly #path: string;
  readonly #cipher: Cipher;
  readonly #env: NodeJS.ProcessEnv;

  constructor(path: string, cipher: Cipher, env: NodeJS.ProcessEnv = process.env) {
    this.#path = path;
    this.#cipher = cipher;
    this.#env = env;
  }

  async get(name: SecretName): Promise<string | null> {
    const given = secretFromEnvironment(name, this.#env);
    if (given !== null) return given;
    const kept = (await this.#read()).secrets[name];
    if (kept === undefined) return null;
    try {
      const { text, isStale } = await this.#cipher.decrypt(Buffer.from(kept, 'base64'));
      if (isStale) await this.set(name, text);
      return text;
    } catch (cause) {
      throw new AppError('not-allowed', 'The system could not decrypt a saved password. Enter it again.', { cause });
    }
  }

  async set(name: SecretName, value: string | null): Promise<void> {
    const { secrets } = await this.#read();
    if (value === null) {
      if (!(name in secrets)) return;
      const { [name]: _, ...rest } = secrets;
      return this.#write({ version: 1, secrets: rest });
    }
    const refusal = await this.#cipher.refusal();
    if (refusal !== null) throw new AppError('not-allowed', refusal);
    const data = await this.#cipher.encrypt(value);
    await this.#write({ version: 1, secrets: { ...secrets, [name]: data.toString('base64') } });
  }

  /** A file that can't be read holds nothing that could be decrypted. */
  async #read(): Promise<SecretsFile> {
    try {
      return fileSchema.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      return { version: 1, secrets: {} };
    }
  }

  #write(file: SecretsFile): Promise<void> {
    return writeJson(this.#path, file, { mode: 0o600 });
  }
}
