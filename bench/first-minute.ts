/**
 * From `npm start` in a fresh clone to the first mask, on a machine with Node and npm alone: a log with times.
 * node scripts/run.mjs bench-first-minute [--keep-packages]
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bareMachine, cloneInto } from '../tests/setup/bare-machine.ts';
import { TestWindow } from '../tests/web/test-window.ts';

const machine = bareMachine();
const clone = cloneInto(machine.folder);
// Installed as a newcomer does; with --keep-packages only what comes after that is timed.
const keepsPackages = process.argv.includes('--keep-packages');
if (!keepsPackages) rmSync(join(clone, 'node_modules'));

const began = performance.now();
const marks: { name: string; at: number }[] = [];
const mark = (name: string): void => {
  const at = performance.now() - began;
  console.log(`${(at / 1000).toFixed(1).padStart(6)} s  ${name}`);
  marks.push({ name, at });
};

const child = spawn('npm', ['start', '--', '--port', '0'], {
  ...{ cwd: clone, env: machine.env, detached: true },
  stdio: ['ignore', 'pipe', 'pipe'],
});
const address = new Promise<URL>((found, failed) => {
  let said = '';
  const look = (data: Buffer): void => {
    const text = data.toString();
    for (const line of text.split('\n').filter((one) => one.trim() !== '')) mark(line.trim().replace(/token=\S+/, 'token=...'));
    said += text;
    const url = /SAM2 Video is at (\S+)/.exec(said)?.[1];
    if (url !== undefined) found(new URL(url));
  };
  child.stdout.on('data', look);
  child.stderr.on('data', look);
  child.once('exit', (code) => failed(new Error(`npm start ended with ${code}`)));
});

try {
  const url = await address;
  const served = performance.now() - began;
  const window = await TestWindow.open(Number(url.port), url.searchParams.get('token')!);
  mark('the window is connected');
  await window.until(() => window.state?.models.active != null);
  mark('the model is loaded');
  await window.until(() => window.state?.session != null);
  mark('the sample is open');
  await window.until(() => (window.state?.session?.objects ?? []).some(({ prompts }) => prompts.length > 0));
  mark('the squirrel is prompted');
  await window.until(() => window.frames.some(({ overlays }) => overlays.length > 0));
  mark('the first mask is here');
  const total = marks.at(-1)!.at;
  console.log(
    `${(total / 1000).toFixed(1)} s in all, ${((total - served) / 1000).toFixed(1)} s of them from the printed address to the mask`,
  );
  window.close();
} finally {
  process.kill(-child.pid!, 'SIGINT');
  await new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done(null)));
  machine.remove();
}
