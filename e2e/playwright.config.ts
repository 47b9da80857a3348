/**
 * Browser tests of the window against the real host. Project `web` serves the app and opens it in Chromium; project
 * `electron` runs the same specs in the desktop app where its program is installed.
 */
import { defineConfig } from '@playwright/test';
import { electronProgram } from './electron-program.ts';
import type { HostOptions } from './host-fixture.ts';

const electron = electronProgram();
// Workers load this file too and need not repeat it.
if ('reason' in electron && process.env.TEST_WORKER_INDEX === undefined) console.log(`electron: skipped, ${electron.reason}`);

export default defineConfig<HostOptions>({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  // Two, since a test mostly waits: for the page, for a stream at its own pace, for an engine that starts. More would
  // wait for each other's engines, which use all cores.
  workers: Number(process.env.SAM2_VIDEO_E2E_WORKERS ?? 2),
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
    // Left out where it can't run, so that no fixture is started for tests that would only be skipped.
    ...('path' in electron ? [{ name: 'electron', use: { host: 'electron' as const } }] : []),
  ],
});
