import { describe, expect, it } from 'vitest';
import { StderrLog } from './ffmpeg-process.ts';
import { FrameCrcReader, parseInputDescription } from './stream-info.ts';

/** As ffmpeg 5 to 8 print them; forms that no clip of the tests has. */
const describeVideo = (line: string) =>
  parseInputDescription(["[info] Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'a, b.mp4':", `[info]   Stream #0:0[0x1](und): Video: ${line}`])
    .video;

describe('parseInputDescription', () => {
  it('reads colour in all its forms', () => {
    expect(
      describeVideo('hevc (Main 10) (hvc1 / 0x31637668), yuv420p10le(tv, bt2020nc/bt2020/smpte2084), 3840x2160, 59.94 fps'),
    ).toMatchObject({
      codec: 'hevc',
      pixelFormat: 'yuv420p10le',
      colorSpace: 'bt2020',
      fullRange: false,
      width: 3840,
    });
    expect(describeVideo('mjpeg (Baseline), yuvj422p(pc, bt470bg/unknown/unknown), 640x480 [SAR 1:1 DAR 4:3], 30 tbr')).toMatchObject({
      colorSpace: 'bt601',
      fullRange: true,
    });
    expect(describeVideo('h264, yuv420p(progressive), 1920x1080, 25 fps')).toMatchObject({
      colorSpace: null,
      fullRange: false,
      height: 1080,
    });
    expect(describeVideo('h264 (High), none, 1920x1080, 25 fps')).toMatchObject({ pixelFormat: 'none', width: 1920 });
    expect(describeVideo('h264, yuv420p, 720x576 [SAR 0:1 DAR 0:1], 25 fps')).toMatchObject({ sampleAspect: { num: 1, den: 1 } });
  });

  it('ignores covers, outputs and further streams', () => {
    const lines = [
      "Input #0, mp3, from 'song.mp3':",
      '  Duration: 00:03:00.00, start: 0.025057, bitrate: 320 kb/s',
      '  Stream #0:0: Audio: mp3, 44100 Hz, stereo, fltp, 320 kb/s',
      '  Stream #0:1: Video: mjpeg (Baseline), yuvj444p(pc), 500x500, 90k tbr (attached pic)',
      "Output #0, framecrc, to 'pipe:':",
      '  Stream #0:0: Video: h264, yuv420p, 320x240',
    ];
    expect(parseInputDescription(lines)).toEqual({ container: 'mp3', startSec: 0.025057, video: null, audioCodec: 'mp3' });
  });

  it('turns the display matrix into a clockwise turn', () => {
    const lines = (degrees: string) => [
      '  Stream #0:0: Video: h264, yuv420p, 320x240, 25 fps',
      `      displaymatrix: rotation of ${degrees} degrees`,
    ];
    expect(parseInputDescription(lines('-90.00')).video?.rotation).toBe(90);
    expect(parseInputDescription(lines('90.00')).video?.rotation).toBe(270);
    expect(parseInputDescription(lines('180.00')).video?.rotation).toBe(180);
    // As of ffmpeg 7.1.
    const renamed = lines('-90.00').map((line) => line.replace('displaymatrix', 'Display Matrix'));
    expect(parseInputDescription(renamed).video?.rotation).toBe(90);
    expect(parseInputDescription(lines('-0.00')).video?.rotation).toBe(0);
  });
});

describe('FrameCrcReader', () => {
  it('reads times and flags', () => {
    const reader = new FrameCrcReader();
    expect(reader.read('#tb 0: 1/12800')).toBeNull();
    expect(reader.timeBase).toEqual({ num: 1, den: 12800 });
    expect(reader.read('0,      -1024,          0,      512,     5173, 0xf40aae36')).toEqual({
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

describe('StderrLog', () => {
  it('stays small and finds the error', () => {
    const log = new StderrLog();
    for (let i = 0; i < 10_000; i++) log.push(`[info] line ${i}\n`);
    log.push('[mov @ 0x1] [error] stream 0, offset 0x886a: part');
    log.push('ial file\r\n[info] video:32kB\n');
    log.end();
    expect(log.head.length + log.tail.length).toBeLessThan(500);
    expect(log.lastError()).toBe('stream 0, offset 0x886a: partial file');
    expect(log.damage).toContain('partial file');
  });
});
