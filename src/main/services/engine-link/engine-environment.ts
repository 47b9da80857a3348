import { withoutSecrets } from '../secrets/secret-store.ts';

/**
 * Environment of every engine process, under what was set outside and without the app's secrets. glibc gives each
 * thread an arena of its own, and tensors that one thread makes and another frees keep those growing: several per cent
 * over thousands of frames (npm run bench:memory). Two arenas are enough.
 */
export const engineEnvironment = (): Record<string, string> => ({
  MALLOC_ARENA_MAX: '2',
  ...(withoutSecrets(process.env) as Record<string, string>),
});
