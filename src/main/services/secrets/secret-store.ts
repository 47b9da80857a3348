/**
 * Keys and passwords, apart from settings and never told to a window. A variable of the environment comes first; beyond
 * that the desktop keeps them encrypted by the system, and the web host and the command line keep none.
 */
import { AppError } from '../../../shared/errors.ts';

/** Every secret of the app, with the variable that gives it. */
const secretVariables = {
  /** The proxy for downloads with its name and password: http://name:password@host:port. */
  'download-proxy': 'SAM2_VIDEO_PROXY',
} as const;
export type SecretName = keyof typeof secretVariables;

export interface SecretStore {
  /** Null when there is none. @throws AppError `not-allowed` when there is one that can't be decrypted */
  get(name: SecretName): Promise<string | null>;
  /** @param value null = forgotten. @throws AppError `not-allowed` with the reason why nothing can be kept */
  set(name: SecretName, value: string | null): Promise<void>;
}

export const secretFromEnvironment = (name: SecretName, env: NodeJS.ProcessEnv): string | null =>
  env[secretVariables[name]]?.trim() || null;

/** For a child process that needs no secrets. */
export const withoutSecrets = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const names: readonly string[] = Object.values(secretVariables);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
};

/** Secrets of the environment alone: nothing is ever written. */
export class EnvironmentSecrets implements SecretStore {
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.#env = env;
  }

  async get(name: SecretName): Promise<string | null> {
    return secretFromEnvironment(name, this.#env);
  }

  async set(name: SecretName, value: string | null): Promise<void> {
    if (value === null) return;
    throw new AppError(
      'not-allowed',
      `Passwords can't be saved here. Set the environment variable ${secretVariables[name]} when you start the app.`,
    );
  }
}
