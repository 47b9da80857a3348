/** The host is killed while it edits and tracks, again and again in one project: nothing it acknowledged is lost. */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { killHost } from './kill-host.ts';

const rounds = Number(process.env.SAM2_VIDEO_KILLS ?? 10);

it(`survives ${rounds} kills at random moments`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sam2-kills-'));
  try {
    const clip = join(folder, 'clip.mp4');
    writeFileSync(clip, 'the engine of this test does not read it');
    let edits = 0;
    let frames = 0;
    for (let round = 0; round < rounds; round++) {
      const outcome = await killHost(join(folder, 'data'), clip, randomInt(2, 900));
      expect(outcome.lost, `round ${round + 1}`).toEqual([]);
      edits += outcome.edits;
      frames += outcome.frames;
    }
    expect(edits).toBeGreaterThan(rounds);
    expect(frames).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 3_600_000);
