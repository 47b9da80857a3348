import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // What tests measure was measured on this clip; those of the first start use the one that comes with the app.
    env: { SAM2_VIDEO_SAMPLE: resolve(import.meta.dirname, 'tests/fixtures/cartoon/sample.mp4') },
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'bench/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One more than the cores of a small machine: tests of live sources wait for streams that go at their own pace.
    maxWorkers: 3,
    pool: 'forks',
    // Inlined, it takes the fake Electron of a test; the real one fetches its program when it is imported under Node.
    server: { deps: { inline: ['electron-store'] } },
  },
});
