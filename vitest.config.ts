import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'bench/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    pool: 'forks',
    // Inlined, it takes the fake Electron of a test; the real one fetches its program when it is imported under Node.
    server: { deps: { inline: ['electron-store'] } },
  },
});
