/** How live sources are opened: ffmpeg's arguments, and what its errors mean to the user. */
import { describe, expect, it } from 'vitest';
import { titleOf } from '../../common/live-source.ts';
import { cameraInputArgs, encodeArgs, inputError, isFinal, liveInput } from './live-input.ts';

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
