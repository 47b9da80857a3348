/** Host and engine are killed while they edit and track, again and again in one project: nothing acknowledged is lost. */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { killHost, type Round } from './kill-host.ts';

const rounds = Number(process.env.SAM2_VIDEO_KILLS ?? 10);

it(`survives ${rounds} kills at random moments`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sam2-kills-'));
  try {
    const clip = join(folder, 'clip.mp4');
    writeFileSync(clip, 'the engine of this test does not read it');
    const edits = new Map<string, number>();
    const engines = { lived: 0, 'came back': 0, gone: 0 };
    let former: Round | null = null;
    for (let round = 0; round < rounds; round++) {
      const outcome: Round = await killHost(
        join(folder, 'data'),
        clip,
        { steps: randomInt(0, 120), killsEngineAt: randomInt(1, 160) },
        former,
      );
      expect(outcome.lost, `round ${round + 1}`).toEqual([]);
      for (const [step, count] of outcome.edits) edits.set(step, (edits.get(step) ?? 0) + count);
      engines[outcome.engine ?? 'gone']++;
      former = outcome;
      if ((round + 1) % 50 === 0) console.log(`${round + 1} kills, nothing lost`);
    }
    const frames = new Set(former!.frames.map(({ frame }) => frame)).size;
    const total = [...edits.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `${rounds} kills of the host; engine killed too in ${engines['came back'] + engines.gone}, back before the end in ${engines['came back']}; ` +
        `${total} acknowledged edits, ${frames} tracked frames, settings changed ${former!.settings} times; nothing lost\n` +
        [...edits].map(([step, count]) => `${step} ${count}`).join(', '),
    );
    expect(total).toBeGreaterThan(rounds);
    expect(frames).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 7_200_000);
