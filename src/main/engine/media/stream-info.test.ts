import { describe, expect, it } from 'vitest';
import { StderrLog } from './stderr-log.ts';
import { containerOf, FrameCrcReader } from './stream-info.ts';

describe('FrameCrcReader', () => {
  it('reads times and flags', () => {
    const reader = new FrameCrcReader();
    for (const line of [
      '#software: Lavf59',
      '#tb 0: 1/12800',
      '#media_type 0: video',
      '#codec_id 0: h264',
      '#dimensions 0: 320x240',
      '#sar 0: 1/1',
    ])
      expect(reader.read(line)).toBeNull();
    for (const line of ['#tb 1: 1/44100', '#media_type 1: audio', '#codec_id 1: aac']) expect(reader.read(line)).toBeNull();
    expect(reader.streams).toEqual([
      { kind: 'video', codec: 'h264', timeBase: { num: 1, den: 12800 }, width: 320, height: 240 },
      { kind: 'audio', codec: 'aac', timeBase: { num: 1, den: 44100 }, width: 0, height: 0 },
    ]);
    expect(reader.read('0,      -1024,          0,      512,     5173, 0xf40aae36')).toEqual({
      stream: 0,
      pts: 0,
      durationTicks: 512,
      bytes: 5173,
      isDiscarded: false,
      isCorrupt: false,
      isKey: true,
    });
    expect(reader.read('0, -7680, -6656, 512, 5173, 0xf40aae36, F=0x5')).toMatchObject({ pts: -6656, isDiscarded: true });
    expect(reader.read('0, 1, 2, 512, 5173, 0xf40aae36, F=0x2, S=1, 8, 0x1')).toMatchObject({ isCorrupt: true });
    expect(reader.read('0, 0, -9223372036854775808, 1, 10899, 0xe1467adc')).toMatchObject({ pts: null });
    expect(reader.read('0, 0, NOPTS, 1, 10899, 0xe1467adc')).toMatchObject({ pts: null });
  });
});

describe('containerOf', () => {
  it('reads the line that ffmpeg writes, not what a file says of itself', () => {
    const log = new StderrLog();
    log.push("[info] Input #0, mov,mp4,m4a, from 'a\n[info] Input #0, avi, from b.mp4':\n[info]   Metadata:\n");
    expect(containerOf(log)).toBe('mov,mp4,m4a');
    expect(containerOf(new StderrLog())).toBe('');
  });
});

describe('StderrLog', () => {
  it('stays small and finds the error', () => {
    const log = new StderrLog();
    for (let i = 0; i < 10_000; i++) log.push(`[info] line ${i}\n`);
    log.push('[mov @ 0x1] [error] stream 0, offset 0x886a: part');
    log.push('ial file\r\n[info] video:32kB\n');
    log.end();
    expect(log.head.length + log.tail.length).toBeLessThan(500);
    expect(log.lastError()).toBe('stream 0, offset 0x886a: partial file');
    expect(log.damage).toBe('cut-short');
  });
});
