import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FramePipe, LinePipe } from './frame-pipe.ts';

/** A source of numbered bytes that counts what was taken from it. */
const countingSource = (frames: number, frameBytes: number) => {
  const state = { taken: 0 };
  const stream = Readable.from(
    (function* () {
      for (let i = 0; i < frames; i++) {
        state.taken++;
        // Two pieces, so that frames and chunks don't coincide.
        yield Buffer.alloc(3, i);
        yield Buffer.alloc(frameBytes - 3, i);
      }
    })(),
    { objectMode: false, highWaterMark: 1 },
  );
  return { stream, state };
};

/** Lets everything that can happen without further input happen. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe('FramePipe', () => {
  it('stops reading while its queue is full', async () => {
    const { stream, state } = countingSource(100, 10);
    const pipe = new FramePipe(stream, 10, 3);
    await settle();
    expect(pipe.peakQueued).toBe(3);
    expect(state.taken).toBeLessThanOrEqual(5);
    for (let i = 0; i < 100; i++) {
      expect(await pipe.next()).toEqual(new Uint8Array(10).fill(i));
      await settle();
      expect(state.taken).toBeLessThanOrEqual(i + 6);
    }
    expect(await pipe.next()).toBeNull();
    expect(pipe.peakQueued).toBe(3);
  });

  it('drops a part of a frame at the end, and ends when the stream breaks', async () => {
    const pipe = new FramePipe(Readable.from([Buffer.from([1, 2, 3, 4, 5])], { objectMode: false }), 2, 2);
    expect(await pipe.next()).toEqual(new Uint8Array([1, 2]));
    expect(await pipe.next()).toEqual(new Uint8Array([3, 4]));
    expect(await pipe.next()).toBeNull();
    expect(await pipe.next()).toBeNull();

    const broken = new Readable({ read() {} });
    const brokenPipe = new FramePipe(broken, 2, 2);
    const next = brokenPipe.next();
    broken.destroy(new Error('gone'));
    expect(await next).toBeNull();
  });
});

describe('LinePipe', () => {
  it('gives whole lines', async () => {
    const pipe = new LinePipe(Readable.from(['a', 'b\nc', '\n\nd']));
    expect([await pipe.next(), await pipe.next(), await pipe.next(), await pipe.next()]).toEqual(['ab', 'c', '', null]);
  });
});
