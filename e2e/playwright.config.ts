/**
 * Browser tests of the window against the real host. Project `web` serves the app and opens it in Chromium; project
 * `electron` runs the same specs in the desktop app where its program is installed.
 */
import { defineConfig } from '@playwright/test';
import { electronProgram } from './electron-program.ts';
import type { HostOptions } from './host-fixture.ts';

const electron = electronProgram();
// The list of results says only that tests were skipped; workers load this file too and need not repeat why.
if ('reason' in electron && process.env.TEST_WORKER_INDEX === undefined) console.log(`electron: skipped, ${electron.reason}`);

export default defineConfig<HostOptions>({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  // One engine at a time: each uses all cores, and a loaded machine is no reason to fail.
  workers: 1,
  timeout: 420_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 720 },
    colorScheme: 'dark',
    // A control that is not there fails the test now, not when its whole time is up.
    actionTimeout: 20_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--use-angle=swiftshader',
        '--enable-unsafe-swiftshader',
        '--ignore-gpu-blocklist',
        // A machine that is busy draws late; that is no hang.
        '--disable-gpu-watchdog',
        // Two, so that one can be chosen.
        '--use-fake-device-for-media-stream=device-count=2',
        '--use-fake-ui-for-media-stream',
      ],
    },
  },
  projects: [
    { name: 'web', use: { host: 'web' } },
    { name: 'electron', use: { host: 'electron' } },
  ],
});
