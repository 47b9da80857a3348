import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrameRateWindow } from './frame-rate-window.ts';

it('is the rate of an even stream, whatever came before its last 30 frames', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 120 }), fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 40 }), (fps, before) => {
      const window = new FrameRateWindow();
      let nowMs = 0;
      for (const ms of before) {
        nowMs += ms;
        window.add(nowMs);
      }
      for (let frame = 0; frame < 30; frame++) {
        nowMs += 1000 / fps;
        window.add(nowMs);
      }
      expect(window.perSecond(nowMs)).toBeCloseTo(fps, 6);
    }),
  );
});

it('falls when the stream falls silent, and says nothing of one frame', () => {
  const window = new FrameRateWindow();
  expect(window.perSecond(0)).toBeNull();
  window.add(0);
  expect(window.perSecond(10)).toBeNull();
  for (let frame = 1; frame < 30; frame++) window.add(frame * 100);
  expect(window.perSecond(2_950)).toBeCloseTo(10, 6);
  expect(window.perSecond(60_000)!).toBeLessThan(0.5);
});
