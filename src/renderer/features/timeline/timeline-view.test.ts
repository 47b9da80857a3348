import fc from 'fast-check';
import { expect, it } from 'vitest';
import { frameAtX, xOfFrame } from './lane-geometry.ts';
import { clampRange, revealFrame, type TimelineRange, zoomRange } from './timeline-view.ts';

const range = fc
  .record({
    frameCount: fc.integer({ min: 1, max: 300_000 }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ frameCount, at, share }): TimelineRange => clampRange({ start: at * frameCount, span: share * frameCount, frameCount }));

const isWithin = ({ start, span, frameCount }: TimelineRange): boolean => start >= -1e-6 && start + span <= frameCount + 1e-6 && span > 0;

it('never leaves the clip, however it is zoomed', () => {
  fc.assert(
    fc.property(
      range,
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (before, factor, at) => {
        expect(isWithin(zoomRange(before, factor, at * before.frameCount))).toBe(true);
      },
    ),
  );
});

it('zooming in keeps the frame under the pointer where it is', () => {
  const before: TimelineRange = { start: 0, span: 1000, frameCount: 1000 };
  const after = zoomRange(before, 0.5, 250);
  expect(after).toEqual({ start: 125, span: 500, frameCount: 1000 });
});

it('brings any frame into view', () => {
  fc.assert(
    fc.property(range, fc.double({ min: 0, max: 0.9999, noNaN: true }), (before, at) => {
      const frame = Math.floor(at * before.frameCount);
      const after = revealFrame(before, frame);
      expect(isWithin(after)).toBe(true);
      expect(frame).toBeGreaterThanOrEqual(Math.floor(after.start));
      expect(frame).toBeLessThan(Math.ceil(after.start + after.span));
    }),
  );
});

it('finds a frame again from its place', () => {
  fc.assert(
    fc.property(range, fc.double({ min: 0, max: 0.9999, noNaN: true }), (view, at) => {
      const frame = Math.floor(view.start + at * view.span);
      const span = { left: 140, width: 1000 };
      expect(frameAtX(xOfFrame(frame, view, span), view, span)).toBe(Math.min(view.frameCount - 1, frame));
    }),
  );
});
