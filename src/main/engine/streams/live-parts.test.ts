/**
 * The pure parts of live sources: arguments, lists of devices, the log of times, and where the parts of a recording
 * lie.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { titleOf } from '../../common/live-source.ts';
import { parseTimes } from '../api/recording.ts';
import { parseAvfoundation, parseDshow, parseVideo4Linux } from './cameras.ts';
import { headerOf } from './live-decoder.ts';
import { cameraInputArgs, encodeArgs, inputError, isFinal, liveInput } from './live-input.ts';
import { LiveRates } from './live-rates.ts';
import { placeParts } from './recording.ts';
import { shrinkPlanes } from './shrink-planes.ts';

describe('how a source is opened', () => {
  it('as an address: over the network alone, copied', () => {
    const { args } = liveInput('rtsp://host/cam');
    expect(args.join(' ')).toMatch(/-protocol_whitelist http\S* .*-rtsp_transport tcp .*-i rtsp:\/\/host\/cam .*-c copy .*pipe:1$/);
    expect(args).not.toContain('-re');
    expect(liveInput('https://host/live.m3u8').args).toContain('-re');
    expect(() => liveInput('file:///etc/passwd')).toThrow(/not supported/);
  });

  it.each([
    ['linux', '/dev/video0', ['-f', 'v4l2'], '/dev/video0'],
    ['darwin', '1', ['-f', 'avfoundation'], '1:none'],
    ['win32', 'HD Webcam', ['-f', 'dshow'], 'video=HD Webcam'],
  ] as const)('as a camera on %s', (platform, device, format, input) => {
    const args = cameraInputArgs(device, platform);
    expect(args.slice(0, 2)).toEqual(format);
    expect(args.slice(-2)).toEqual(['-i', input]);
  });

  it.each(['/etc/passwd', '/dev/sda', '/dev/video0/../sda', '/dev/v4l/by-id/a/../../../sda', 'video0', '-i'])(
    'not as %s, which is no camera',
    (path) => {
      expect(() => cameraInputArgs(path, 'linux')).toThrow(/is not a camera/);
    },
  );

  it('a camera by its lasting name', () => {
    expect(cameraInputArgs('/dev/v4l/by-id/usb-046d_HD_Pro-video-index0', 'linux')).toContain('v4l2');
  });

  it('a camera is encoded without frames that wait for others', () => {
    expect(encodeArgs(new Set(['libx264'])).join(' ')).toMatch(/libx264 .*ultrafast .*-tune zerolatency .*-bf 0 .*matroska/);
    expect(encodeArgs(new Set(['mpeg4']))).toContain('mpeg4');
  });

  it('its title says no password, and what fails says whether another try helps', () => {
    const source = { kind: 'network', url: 'rtsp://me:pa@ss@host:554/cam?token=1' } as const;
    expect(titleOf(source)).toBe('rtsp://host:554/cam?token=…');
    const errorOf = (said: string) => inputError(source, said);
    expect(
      [errorOf('401 Unauthorized'), errorOf('404 Not Found'), errorOf('Connection refused')].map((error) => [error.code, isFinal(error)]),
    ).toEqual([
      ['address-forbidden', true],
      ['address-missing', true],
      ['address-unreachable', false],
    ]);
    const camera = { kind: 'camera', deviceId: '/dev/video9' } as const;
    expect(inputError(camera, '/dev/video9: No such file or directory')).toMatchObject({ code: 'camera-unavailable' });
    expect(inputError(camera, 'Permission denied')).toMatchObject({ code: 'camera-forbidden' });
    expect(inputError(camera, 'Device or resource busy').message).toMatch(/another program/);
    expect(inputError(source, 'rtsp://me:pa@host/x: odd').message).not.toContain('pa@');
  });
});

describe('the cameras there are', () => {
  it('on macOS', () => {
    expect(
      parseAvfoundation([
        '[AVFoundation indev @ 0x7f] AVFoundation video devices:',
        '[AVFoundation indev @ 0x7f] [0] FaceTime HD Camera',
        '[AVFoundation indev @ 0x7f] [1] Capture screen 0',
        '[AVFoundation indev @ 0x7f] AVFoundation audio devices:',
        '[AVFoundation indev @ 0x7f] [0] MacBook Pro Microphone',
      ]),
    ).toEqual([{ deviceId: '0', name: 'FaceTime HD Camera' }]);
  });

  it('on Windows, by either form of the list', () => {
    const now = [
      '[dshow @ 0001] "HD Webcam" (video)',
      '[dshow @ 0001]   Alternative name "@device_pnp_1"',
      '[dshow @ 0001] "Microphone (HD Webcam)" (audio)',
      '[dshow @ 0001]   Alternative name "@device_cm_2"',
      '[dshow @ 0001] "OBS Virtual Camera" (video)',
    ];
    const cameras = [
      { deviceId: '@device_pnp_1', name: 'HD Webcam' },
      { deviceId: 'OBS Virtual Camera', name: 'OBS Virtual Camera' },
    ];
    expect(parseDshow(now)).toEqual(cameras);
    const before = [
      '[dshow @ 0001] DirectShow video devices (some may be both video and audio devices)',
      '[dshow @ 0001]  "HD Webcam"',
      '[dshow @ 0001]     Alternative name "@device_pnp_1"',
      '[dshow @ 0001] DirectShow audio devices',
      '[dshow @ 0001]  "Microphone"',
      '[dshow @ 0001]     Alternative name "@device_cm_2"',
    ];
    expect(parseDshow(before)).toEqual(cameras.slice(0, 1));
  });

  it('on Linux: the node of each that gives pictures', () => {
    const nodes = [
      { node: 'video10', name: 'USB Cam\n', index: '0\n' },
      { node: 'video1', name: 'HD Cam\n', index: '1\n' },
      { node: 'video0', name: 'HD Cam\n', index: '0\n' },
    ];
    expect(parseVideo4Linux(nodes)).toEqual([
      { deviceId: '/dev/video0', name: 'HD Cam' },
      { deviceId: '/dev/video10', name: 'USB Cam' },
    ]);
  });
});

describe('the log of times', () => {
  it('is read up to where a kill tore it', () => {
    const whole = [0, 1, 2].map((frame) => `${frame} 0 ${frame * 40} ${1_000_000 + frame * 40}\n`).join('');
    fc.assert(
      fc.property(fc.nat(whole.length), (cut) => {
        const read = parseTimes(whole.slice(0, cut));
        expect(read).toEqual(
          [0, 1, 2].slice(0, read.length).map((frame) => ({ segment: 0, ptsMs: frame * 40, wallMs: 1_000_000 + frame * 40 })),
        );
        expect(read.length).toBe(whole.slice(0, cut).split('\n').length - 1);
      }),
    );
    expect(parseTimes('0 0 0 5\n2 0 80 5\n')).toHaveLength(1);
  });
});

describe('the parts of a recording', () => {
  const part = (segment: number, durationMs: number) => ({ segment, startMs: 0, durationMs, frameMs: 40 });

  it('lie where the clock says, and never in one another', () => {
    const times = [
      { segment: 0, ptsMs: 0, wallMs: 10_000 },
      { segment: 2, ptsMs: 100, wallMs: 18_100 },
    ];
    expect(placeParts([part(0, 4_000), part(2, 1_000)], times)).toEqual([0, 8_000]);
    // A clock that was set back.
    expect(placeParts([part(0, 9_000), part(2, 1_000)], times)).toEqual([0, 9_040]);
    // One of which no frame was taken.
    expect(placeParts([part(0, 4_000), part(1, 1_000), part(2, 1_000)], times)).toEqual([0, 4_040, 8_000]);
  });

  it('always ascend', () => {
    const parts = fc.array(fc.record({ durationMs: fc.nat(10_000), wallMs: fc.nat(100_000), isKnown: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(parts, (all) => {
        const times = all.flatMap(({ wallMs, isKnown }, segment) => (isKnown ? [{ segment, ptsMs: 0, wallMs }] : []));
        const places = placeParts(
          all.map(({ durationMs }, segment) => part(segment, durationMs)),
          times,
        );
        places.forEach((place, i) => {
          if (i > 0) expect(place).toBeGreaterThanOrEqual(places[i - 1]! + all[i - 1]!.durationMs);
        });
      }),
    );
  });
});

describe('small things', () => {
  it("a stream's header ends with its first cluster", () => {
    expect(headerOf(Buffer.from('0011221f43b675aa1f43b675', 'hex')).toString('hex')).toBe('001122');
    expect(headerOf(Buffer.from('001122', 'hex')).length).toBe(0);
  });

  it('rates are over the last seconds, and nothing before there are some', () => {
    const rates = new LiveRates();
    expect(rates.view(0)).toEqual({ sourceFps: null, shownFps: null, latencyMs: null });
    for (let ms = 0; ms <= 10_000; ms += 100) rates.came(ms);
    for (let ms = 0; ms <= 10_000; ms += 200) rates.shown(50, ms);
    const { sourceFps, shownFps, latencyMs } = rates.view(10_000);
    expect([Math.round(sourceFps!), Math.round(shownFps!), latencyMs]).toEqual([10, 5, 50]);
    expect(rates.view(20_000).sourceFps).toBeNull();
  });

  it('a thumbnail has whole planes of its size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 90 }),
        fc.integer({ min: 2, max: 90 }),
        fc.integer({ min: 1, max: 40 }),
        (width, height, most) => {
          const bytes = (w: number, h: number): number => w * h + 2 * ((w + 1) >> 1) * ((h + 1) >> 1);
          const planes = new Uint8Array(bytes(width, height)).fill(9);
          const small = shrinkPlanes({ width, height, planes }, most, most);
          expect(small.planes.length).toBe(bytes(small.width, small.height));
          expect(small.planes.every((value) => value === 9)).toBe(true);
        },
      ),
    );
  });
});
