/**
 * Builds the three parts of the app into out/: main (Electron's entry, and the engine and CLI as entries of their own,
 * since each runs in a process of its own), the sandboxed preload (one CommonJS file) and the window.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const source = (path: string): string => resolve(import.meta.dirname, 'src', path);

const mainEntries: Record<string, string> = {
  index: source('main/index.ts'),
  process: source('main/engine/server/process.ts'),
  'inference-worker': source('main/engine/worker/inference-worker.ts'),
  'helper-worker': source('main/engine/model/scheduler/helper-worker.ts'),
  cli: source('main/cli/index.ts'),
};

export default defineConfig({
  main: {
    build: {
      target: 'node24',
      // Each finds its program or its libraries beside its own file, so it must stay where it is installed.
      externalizeDeps: { include: ['ffmpeg-static', 'onnxruntime-node'] },
      rollupOptions: {
        input: Object.fromEntries(Object.entries(mainEntries).filter(([, path]) => existsSync(path))),
        // Chunks lie beside the entries: shared code finds the engine's entries by its own address
        // (common/entry-url.ts).
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload can load nothing but electron itself.
      externalizeDeps: false,
      rollupOptions: { input: { index: source('preload/index.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: source('renderer'),
    plugins: [react()],
    build: {
      target: 'chrome140',
      minify: true,
      // A font or picture in a data: address would need a wider content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1500,
      rollupOptions: { input: { index: source('renderer/index.html') } },
    },
  },
});
