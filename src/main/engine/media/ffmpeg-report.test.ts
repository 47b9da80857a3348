import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { inspectFfmpeg } from './ffmpeg-report.ts';

it('tells what a real ffmpeg reads, writes and fetches', async () => {
  const report = await inspectFfmpeg(await findFfmpeg());
  expect(report.version).toMatch(/^[nN]?[-\d]/);
  expect(report.reads).toContainEqual({ name: 'H.264', isThere: true });
  expect(report.writes).toContainEqual({ name: 'PNG', isThere: true });
  expect(report.fetches).toContainEqual({ name: 'rtsp', isThere: true });
});

it.skipIf(process.platform === 'win32')('names what a small one lacks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-report-'));
  const small = join(folder, 'ffmpeg');
  const lines = {
    version: 'ffmpeg version 6.0-small Copyright',
    decoders: ' VFS..D h264                 H.264 / AVC',
    protocols: 'Input:\n  file\n  pipe',
    demuxers: ' D  mov,mp4,m4a,hls QuickTime / MOV',
  };
  const cases = Object.entries(lines).map(([list, text]) => `*-${list}*) printf '%s\\n' '${text}';;`);
  await writeFile(small, `#!/bin/sh\ncase "$*" in\n${cases.join('\n')}\nesac\n`);
  await chmod(small, 0o755);
  const report = await inspectFfmpeg(small);
  const lacking = (which: 'reads' | 'writes' | 'fetches'): string[] =>
    report[which].filter(({ isThere }) => !isThere).map(({ name }) => name);
  expect(report.version).toBe('6.0-small');
  expect(lacking('reads')).toEqual(['HEVC', 'VP9', 'AV1', 'ProRes']);
  expect(lacking('writes')).toEqual(['H.264', 'PNG']);
  expect(lacking('fetches')).toEqual(['https', 'rtmp', 'srt', 'rtsp']);
  await rm(folder, { recursive: true });
});
