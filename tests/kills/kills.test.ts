/**
 * Host and engine are killed while they edit and track, again and again in one project: nothing acknowledged is lost.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { expect, it } from 'vitest';
import { killHost, type Round } from './kill-host.ts';

/** Host and engine as one file each: hundreds of starts from source would take longer than all that is tested. */
const bundleHost = async (): Promise<string> => {
  const cache = resolve(import.meta.dirname, '../../.cache');
  mkdirSync(cache, { recursive: true });
  const outDir = mkdtempSync(join(cache, 'kills-'));
  const input = { host: join(import.meta.dirname, 'host.ts'), 'engine-process': join(import.meta.dirname, 'engine-process.ts') };
  await build({ configFile: false, logLevel: 'error', build: { ssr: true, outDir, target: 'node24', rollupOptions: { input } } });
  return outDir;
};

const rounds = Number(process.env.SAM2_VIDEO_KILLS ?? 10);

it(`survives ${rounds} kills at random moments`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sam2-kills-'));
  const bundle = await bundleHost();
  try {
    const clip = join(folder, 'clip.mp4');
    writeFileSync(clip, 'the engine of this test does not read it');
    const edits = new Map<string, number>();
    let undone = 0;
    const engines = { lived: 0, 'came back': 0, gone: 0 };
    let former: Round | null = null;
    for (let round = 0; round < rounds; round++) {
      const outcome: Round = await killHost(
        join(bundle, 'host.js'),
        join(folder, 'data'),
        clip,
        { steps: randomInt(0, 120), killsEngineAt: randomInt(1, 160), undoesAll: randomInt(5) === 0 },
        former,
      );
      expect(outcome.lost, `round ${round + 1}`).toEqual([]);
      for (const [step, count] of outcome.edits) edits.set(step, (edits.get(step) ?? 0) + count);
      engines[outcome.engine ?? 'gone']++;
      undone += outcome.undone;
      former = outcome;
      if ((round + 1) % 25 === 0) console.log(`${round + 1} kills, nothing lost`);
    }
    const frames = new Set(former!.frames.map(({ frame }) => frame)).size;
    const total = [...edits.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `${rounds} kills of the host; engine killed too in ${engines['came back'] + engines.gone}, back before the end in ${engines['came back']}; ` +
        `${total} acknowledged edits, ${frames} tracked frames, settings changed ${former!.settings} times, ${undone} steps of former runs undone and redone; nothing lost\n` +
        [...edits].map(([step, count]) => `${step} ${count}`).join(', '),
    );
    expect(total).toBeGreaterThan(rounds);
    expect(frames).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(bundle, { recursive: true, force: true });
  }
}, 7_200_000);
