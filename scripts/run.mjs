// The one door for every npm script: sets up what is missing, then runs the task under Node 24.
// Usage: node scripts/run.mjs <task> [arguments]. It runs on Node 20 before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, ensureDependencies, ensureNode, ensureRuntime, ensureTestTools, isInstalled, root, SetupError } from './setup.mjs';

const bin = (path) => join(root, 'node_modules', path);
const tools = {
  vitest: bin('vitest/vitest.mjs'),
  vite: bin('vite/bin/vite.js'),
  electronVite: bin('electron-vite/bin/electron-vite.js'),
  tsc: bin('typescript/bin/tsc'),
  knip: bin('knip/bin/knip.js'),
  biome: bin('@biomejs/biome/bin/biome'),
  playwright: bin('@playwright/test/cli.js'),
  // Node strips the types of no file below node_modules, where an installed package lies.
  cli: join(root, isInstalled ? 'out/main/cli.js' : 'src/main/cli/index.ts'),
};

let node = process.execPath;

/** Runs one program under Node 24 and resolves to its exit code; Ctrl-C reaches the child, which ends by itself. */
const run = (script, args = [], env = {}) =>
  new Promise((resolve) => {
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', script, ...args], {
      cwd: process.env.INIT_CWD && script === tools.cli ? process.env.INIT_CWD : root,
      stdio: 'inherit',
      // Sources are stripped of their types once, not at every start.
      env: { NODE_COMPILE_CACHE: join(cacheDir, 'compile'), ...process.env, ...env },
    });
    const ignore = () => {};
    process.on('SIGINT', ignore);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('exit', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });

const newestChange = (dir) => {
  let newest = 0;
  for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
  }
  return newest;
};

/** Builds out/ when a source is newer than the last build. */
const ensureBuilt = async () => {
  if (isInstalled) return 0;
  const built = join(root, 'out/renderer/index.html');
  const newest = Math.max(newestChange(join(root, 'src')), statSync(join(root, 'electron.vite.config.ts')).mtimeMs);
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return 0;
  return run(tools.electronVite, ['build', '--logLevel', 'warn']);
};

/**
 * Electron's program if it is installed, or if there is a screen and it can be fetched; null otherwise, with the reason
 * said.
 */
const electronProgram = () => {
  const hasScreen = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const pathFile = bin('electron/path.txt');
  if (!hasScreen) {
    console.error('sam2-video: no screen found, so the app is served to a browser');
    return null;
  }
  if (!override && !existsSync(pathFile)) spawnSync(node, [bin('electron/install.js')], { stdio: 'ignore', timeout: 600_000 });
  const probe = spawnSync(node, ['-p', "require('electron')"], { cwd: root, encoding: 'utf8', timeout: 60_000 });
  const program = probe.stdout?.trim();
  if (probe.status === 0 && program && existsSync(program)) return program;
  console.error("sam2-video: Electron's program is missing and could not be downloaded, so the app is served to a browser");
  return null;
};

const inOrder = async (...steps) => {
  for (const step of steps) {
    const code = await step();
    if (code !== 0) return code;
  }
  return 0;
};

const tasks = {
  start: async (args) => {
    const code = await ensureBuilt();
    if (code !== 0) return code;
    const program = electronProgram();
    if (!program) return run(tools.cli, ['serve', '--sample', ...args]);
    return new Promise((resolve) => spawn(program, [root, ...args], { stdio: 'inherit' }).on('exit', (exit) => resolve(exit ?? 1)));
  },
  serve: (args) => inOrder(ensureBuilt, () => run(tools.cli, ['serve', ...args])),
  demo: (args) => run(tools.cli, ['demo', ...args]),
  cli: (args) => run(tools.cli, args),
  dev: (args) => run(tools.electronVite, ['dev', ...args]),
  build: () => run(tools.electronVite, ['build']),
  prepack: () => inOrder(tasks.build, () => run(join(root, 'scripts/packaging/write-notices.ts'))),
  dist: (args) => inOrder(tasks.build, () => run(join(root, 'scripts/dist.ts'), args)),
  typecheck: () =>
    inOrder(
      () => run(tools.tsc, ['-p', 'tsconfig.node.json']),
      () => run(tools.tsc, ['-p', 'tsconfig.web.json']),
      () => run(tools.tsc, ['-p', 'tsconfig.e2e.json']),
    ),
  // Second, what nothing uses; third, what only tests use.
  lint: (args) =>
    inOrder(
      () => run(tools.biome, ['check', ...args]),
      () => run(tools.knip, ['--no-progress']),
      () => run(tools.knip, ['--no-progress', '--production', '--config', 'knip.production.json']),
    ),
  format: () => run(tools.biome, ['check', '--write']),
  vitest: (args) => run(tools.vitest, ['run', ...args]),
  parity: (args) => run(tools.vitest, ['run', 'tests/parity', ...args], { SAM2_PARITY_SIZES: '1' }),
  kills: (args) => run(tools.vitest, ['run', 'tests/kills', ...args], { SAM2_VIDEO_KILLS: '200', ...process.env }),
  soak: (args) => run(tools.vitest, ['run', 'tests/streams/soak.test.ts', ...args], { SAM2_VIDEO_SOAK_MINUTES: '30', ...process.env }),
  e2e: (args) => inOrder(ensureBuilt, () => run(tools.playwright, ['test', '-c', 'e2e/playwright.config.ts', ...args], ensureTestTools())),
  screenshots: (args) => inOrder(ensureBuilt, () => run(join(root, 'scripts/screenshots.mjs'), args, ensureTestTools())),
  'record-project': () => run(join(root, 'tests/projects/record-project.ts')),
  'demo-picture': () => inOrder(ensureBuilt, () => run(join(root, 'scripts/demo-picture.mjs'), [], ensureTestTools())),
  bench: (args) => run(join(root, 'bench/pipeline.ts'), args),
  'bench-models': (args) => run(join(root, 'bench/models.ts'), args),
  'bench-export': (args) => run(join(root, 'bench/export.ts'), args),
  'bench-decode': (args) => run(join(root, 'bench/decode.ts'), args),
  'bench-memory': (args) => run(join(root, 'bench/memory.ts'), args),
  'bench-tree': (args) => run(join(root, 'bench/tree.ts'), args),
  'bench-long': (args) => inOrder(ensureBuilt, () => run(join(root, 'bench/long-clip.ts'), args)),
  'bench-ui': (args) => inOrder(ensureBuilt, () => run(join(root, 'bench/ui.ts'), args)),
  'bench-quality': (args) => run(join(root, 'bench/quality.ts'), args),
  'bench-discover': (args) => run(join(root, 'bench/discover.ts'), args),
  'bench-first-minute': (args) => inOrder(ensureBuilt, () => run(join(root, 'bench/first-minute.ts'), args)),
  'bench-prompts': (args) => run(join(root, 'bench/prompts.ts'), args),
  test: async () => {
    const env = ensureTestTools();
    const steps = [
      ['types', tasks.typecheck],
      ['lint', () => tasks.lint([])],
      ['unit and integration tests', () => run(tools.vitest, ['run'], env)],
      ['build', tasks.build],
      ['browser tests', () => run(tools.playwright, ['test', '-c', 'e2e/playwright.config.ts'], env)],
    ];
    const failed = [];
    for (const [name, step] of steps) {
      console.log(`\n== ${name}`);
      if ((await step()) !== 0) failed.push(name);
    }
    console.log(failed.length === 0 ? '\nall steps passed' : `\nfailed: ${failed.join(', ')}`);
    console.log(`${steps.length - failed.length} passed, ${failed.length} failed`);
    return failed.length === 0 ? 0 : 1;
  },
};

const [name, ...args] = process.argv.slice(2);
const task = tasks[name];
try {
  if (!task) throw new SetupError(`there is no task "${name}"; known: ${Object.keys(tasks).join(', ')}`);
  node = ensureNode();
  await ensureDependencies();
  ensureRuntime();
  process.exitCode = await task(args);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`sam2-video: ${error.message}`);
  process.exitCode = 1;
}
