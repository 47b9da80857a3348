/** The lists of cameras that ffmpeg and Linux print. */
import { describe, expect, it } from 'vitest';
import { parseAvfoundation, parseDshow, parseVideo4Linux } from './cameras.ts';

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
