import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { findFfmpeg, passthroughArgs } from './ffmpeg-binary.ts';
import { matroskaFrameHeader, matroskaHeader, ticksToNanoseconds } from './matroska-writer.ts';
import { FrameCrcReader } from './stream-info.ts';

it('turns ticks into nanoseconds without losing any', () => {
  expect(ticksToNanoseconds(1, { num: 1, den: 12800 })).toBe(78125n);
  expect(ticksToNanoseconds(1, { num: 1, den: 90000 })).toBe(11111n);
  expect(ticksToNanoseconds(2, { num: 1, den: 90000 })).toBe(22222n);
  // Ten days at 90 kHz: beyond 2^53 on the way.
  const ticks = 10 * 86400 * 90000 + 1;
  const back = Number((ticksToNanoseconds(ticks, { num: 1, den: 90000 }) * 90000n + 500_000_000n) / 1_000_000_000n);
  expect(back).toBe(ticks);
});

it.each([
  { num: 1, den: 90000 },
  { num: 1001, den: 30000 },
  { num: 1, den: 1000000 },
])('gives ffmpeg every frame at its time and byte for byte: $num/$den', async (base) => {
  const ffmpeg = await findFfmpeg();
  const folder = await mkdtemp(join(tmpdir(), 'sam2-video-mkv-'));
  const path = join(folder, 'raw.mkv');
  const size = { width: 5, height: 3 };
  const frameBytes = 5 * 3 + 2 * 3 * 2;
  const ticks = [0, 1, 5, 6, 1000, 123457, 987654321];
  const parts = [matroskaHeader(size, base, 3003)];
  for (const [i, tick] of ticks.entries()) parts.push(matroskaFrameHeader(tick, frameBytes, base), Buffer.alloc(frameBytes, 30 + i));
  await writeFile(path, Buffer.concat(parts));
  const filter = `settb=${base.num}/${base.den}`;
  const output = [...passthroughArgs, '-enc_time_base', `${base.num}:${base.den}`, '-f', 'framecrc', '-'];
  const { stdout } = await promisify(execFile)(ffmpeg, ['-v', 'error', '-copyts', '-i', path, '-filter:v', filter, ...output]);
  const reader = new FrameCrcReader();
  const entries = stdout.split('\n').flatMap((line) => reader.read(line) ?? []);
  expect(entries.map(({ pts }) => pts)).toEqual(ticks);
  expect(stdout).toContain(`#dimensions 0: 5x3`);
  await rm(folder, { recursive: true });
});
