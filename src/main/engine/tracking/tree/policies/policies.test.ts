import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxIou, edgesOf } from '../../../../common/box-iou.ts';
import type { FrameOutput } from '../../memory-bank.ts';
import { MemoryBank } from '../../memory-bank.ts';
import { testConstants } from '../../testing/scripted-graphs.ts';
import { offer, remembered, squareLogits } from '../../testing/scripted-paths.ts';
import { emptyPolicy } from './empty-policy.ts';
import { KalmanBox } from './kalman-box.ts';
import type { MemoryPolicy } from './memory-policy.ts';

const prompt = (frame: number): FrameOutput => ({ ...remembered(frame, 1, 10), logits: new Float32Array(64) });
const conditioning = new Map([[0, prompt(0)]]);

/** Frames 1, 2, … with these IoUs and object logits. */
const grown = (start: MemoryPolicy, frames: readonly [number, number][]): MemoryPolicy =>
  frames.reduce((history, [iou, logit], at) => history.after(remembered(at + 1, iou, logit), 0, [offer(iou, logit)]), start);

const attended = (history: MemoryPolicy, frame: number, cond = conditioning, reverse = false, frameCount: number | null = 100) => {
  const { memories, pointers } = history.attend({ frame, reverse, conditioning: cond, frameCount });
  return {
    memories: memories.map(({ source, temporalRow }) => [source.pointer[0], temporalRow]),
    pointers: pointers.map(({ pointer, position }) => [pointer[0], Math.round(position * 15)]),
    memoryWeights: memories.map(({ weight }) => weight),
    pointerWeights: pointers.map(({ weight }) => weight),
  };
};

describe('no policy', () => {
  it('attends exactly as the memory bank of one path does, for any run of frames', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.boolean(), (count, reverse) => {
        const bank = new MemoryBank(testConstants);
        const origin = 50;
        bank.conditioning.set(origin, prompt(origin));
        let history = emptyPolicy('none', testConstants, 0.3);
        for (let i = 1; i <= count; i++) {
          const t = reverse ? origin - i : origin + i;
          bank.recent.set(t, { ...remembered(t), logits: new Float32Array(64) });
          history = history.after(remembered(t), 0, [offer(0.9)]);
        }
        const frame = reverse ? origin - count - 1 : origin + count + 1;
        const own = history.attend({ frame, reverse, conditioning: bank.conditioning, frameCount: 100 });
        expect(own.memories.map((m) => [m.source.pointer[0], m.temporalRow])).toEqual(
          bank.memoriesFor(frame, reverse).map((m) => [m.source.pointer[0], m.temporalRow]),
        );
        expect(own.pointers.map((p) => [p.pointer[0], p.position])).toEqual(
          bank.pointersFor(frame, reverse, 100).map((p) => [p.pointer[0], p.position]),
        );
        expect(own.memories.every(({ source }) => source.maskMemory !== null)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('SAM2Long', () => {
  const start = emptyPolicy('sam2long', testConstants, 0.3);

  it('keeps frames of quality with the object present, and the last one whatever it is (rule L7)', () => {
    const history = grown(start, [
      [0.9, 5],
      [0.3, 5],
      [0.9, 0],
      [0.8, 3],
      [0.1, -3],
    ]);
    expect(attended(history, 6).memories).toEqual([
      [0, 6],
      [1, 2],
      [4, 1],
      [5, 0],
    ]);
    // The bad frame is gone once it is not the last any more.
    expect(attended(history.after(remembered(6), 0, [offer(0.9)]), 7).memories.map(([frame]) => frame)).toEqual([0, 1, 4, 6]);
  });

  it('places memories by rank, at most six, and skips the bad stretch between (rule L7)', () => {
    const history = grown(start, [...Array.from({ length: 8 }, (): [number, number] => [0.9, 5]), [0.2, 5], [0.2, 5], [0.9, 5]]);
    expect(attended(history, 12).memories).toEqual([
      [0, 6],
      [4, 5],
      [5, 4],
      [6, 3],
      [7, 2],
      [8, 1],
      [11, 0],
    ]);
  });

  it('places pointers by rank, the prompt by distance, and the oldest kept gives none (rule L8)', () => {
    const history = grown(start, [
      [0.9, 5],
      [0.1, 5],
      [0.9, 5],
      [0.9, 5],
    ]);
    expect(attended(history, 5).pointers).toEqual([
      [0, 5],
      [4, 1],
      [3, 2],
    ]);
    expect(attended(grown(start, [[0.9, 5]]), 2).pointers).toEqual([[0, 2]]);
  });

  it('weights keys by rank of object logit, memories and pointers apart, not with the prompt alone (rule L9)', () => {
    const history = grown(start, [
      [0.9, 12],
      [0.9, 3],
      [0.9, 7],
    ]);
    const { memoryWeights, pointerWeights } = attended(history, 4);
    expect(memoryWeights.map((w) => w!.toFixed(3))).toEqual(['1.017', '1.050', '0.950', '0.983']);
    // Prompt 10, frame 3 (7), frame 2 (3).
    expect(pointerWeights.map((w) => w!.toFixed(3))).toEqual(['1.050', '1.000', '0.950']);
    expect(attended(start, 1).memoryWeights).toEqual([undefined]);
  });

  it('attends to several prompts, future ones too, and mirrors in reverse', () => {
    const two = new Map([
      [0, prompt(0)],
      [9, prompt(9)],
    ]);
    const forward = attended(
      grown(start, [
        [0.9, 5],
        [0.9, 5],
      ]),
      3,
      two,
    );
    expect(forward.memories).toEqual([
      [0, 6],
      [9, 6],
      [1, 1],
      [2, 0],
    ]);
    expect(forward.pointers).toEqual([
      [0, 3],
      [2, 1],
    ]);
    const back = start.after(remembered(8), 0, [offer(0.9)]).after(remembered(7), 0, [offer(0.9)]);
    expect(attended(back, 6, two, true).pointers).toEqual([
      [9, 3],
      [7, 1],
    ]);
  });
});

describe('SAMURAI (rule G1)', () => {
  const start = emptyPolicy('samurai', testConstants, 0.3);
  const still = squareLogits(2, 2, 3);

  it('rates by predicted IoU until fifteen good frames in a row, then by motion as well', () => {
    let history: MemoryPolicy = start;
    const twins = [offer(0.8, 5, still), offer(0.85, 5, squareLogits(5, 5, 3))];
    for (let t = 1; t <= 14; t++) history = history.after(remembered(t, 0.8), 0, [offer(0.8, 5, still)]);
    expect(history.rate(twins)).toEqual([0.8, 0.85]);
    history = history.after(remembered(15, 0.8), 0, [offer(0.8, 5, still)]);
    const [near, elsewhere] = history.rate(twins);
    expect(near).toBeCloseTo(0.15 + 0.85 * 0.8, 1);
    expect(elsewhere).toBeCloseTo(0.85 * 0.85, 6);
    expect(near!).toBeGreaterThan(elsewhere!);
    // A bad frame, and motion is not trusted any more.
    expect(history.after(remembered(16, 0.2), 0, [offer(0.2, 5, still)]).rate(twins)).toEqual([0.8, 0.85]);
  });

  it('remembers frames above 0.5 with the object present, by rank, and pointers as SAM 2', () => {
    const history = grown(start, [
      [0.9, 5],
      [0.5, 5],
      [0.9, -1],
      [0.9, 5],
    ]);
    const { memories, pointers } = attended(history, 5);
    expect(memories).toEqual([
      [0, 6],
      [1, 1],
      [4, 0],
    ]);
    expect(pointers).toEqual([
      [0, 5],
      [4, 1],
      [3, 2],
      [2, 3],
      [1, 4],
    ]);
  });

  it('remembers no frame whose mask has nothing of the predicted box, once motion is trusted', () => {
    const jump = (frames: number): unknown => {
      let history: MemoryPolicy = start;
      for (let t = 1; t <= frames; t++) history = history.after(remembered(t, 0.9), 0, [offer(0.9, 5, still)]);
      history = history.after(remembered(frames + 1, 0.9), 0, [offer(0.9, 5, squareLogits(6, 6, 2))]);
      // One frame more, so that the one in question is not attended as the last.
      history = history.after(remembered(frames + 2, 0.9), 0, [offer(0.9, 5, still)]);
      return attended(history, frames + 3).memories.map(([frame]) => frame);
    };
    expect(jump(16)).toEqual([0, 12, 13, 14, 15, 16, 18]);
    // Before, motion has no say.
    expect(jump(10)).toEqual([0, 7, 8, 9, 10, 11, 12]);
  });

  it('attends to the frame before even when it did not pass', () => {
    const history = grown(start, [
      [0.9, 5],
      [0.2, 5],
    ]);
    expect(attended(history, 3).memories).toEqual([
      [0, 6],
      [1, 1],
      [2, 0],
    ]);
  });

  it('starts the filter anew after a bad frame, where the object is then', () => {
    let history: MemoryPolicy = start;
    for (let t = 1; t <= 20; t++) history = history.after(remembered(t, 0.9), 0, [offer(0.9, 5, still)]);
    history = history.after(remembered(21, 0.3), 0, [offer(0.3, 5, still)]);
    const elsewhere = squareLogits(5, 5, 3);
    for (let t = 22; t <= 36; t++) history = history.after(remembered(t, 0.9), 0, [offer(0.9, 5, elsewhere)]);
    const [near, there] = history.rate([offer(0.8, 5, still), offer(0.8, 5, elsewhere)]);
    expect(near).toBeCloseTo(0.85 * 0.8, 6);
    expect(there).toBeCloseTo(0.15 + 0.85 * 0.8, 6);
  });

  it('predicts a box that moves steadily', () => {
    const at = (t: number) => ({ left: 3 * t, top: t, right: 3 * t + 20, bottom: t + 40 });
    let filter = KalmanBox.at(at(0));
    for (let t = 1; t <= 30; t++) filter = filter.predict().correct(at(t));
    expect(boxIou(edgesOf(filter.predict().box), edgesOf(at(31)))).toBeGreaterThan(0.9);
  });
});

describe('DAM4SAM (rule G2)', () => {
  const start = emptyPolicy('dam4sam', testConstants, 0.3);
  const target = squareLogits(0, 0, 3);
  const far = squareLogits(5, 5, 3);

  it('remembers the frame before and every fifth one, never an empty mask', () => {
    const history = grown(
      start,
      Array.from({ length: 12 }, (_, i): [number, number] => [0.7, i === 11 ? -5 : 5]),
    );
    expect(attended(history, 13).memories).toEqual([
      [0, 6],
      [5, 1],
      [10, 0],
    ]);
    expect(attended(history.after(remembered(13, 0.7), 0, [offer(0.7)]), 14).memories).toEqual([
      [0, 6],
      [5, 2],
      [10, 1],
      [13, 0],
    ]);
  });

  it('anchors a sure frame whose other candidate covers something else, not one like it, not one of odd size', () => {
    const steady = (count: number): MemoryPolicy => {
      let history: MemoryPolicy = start;
      for (let t = 1; t <= count; t++) history = history.after(remembered(t, 0.9), 0, [offer(0.9, 5, target)]);
      return history;
    };
    const anchors = (history: MemoryPolicy): unknown[] =>
      attended(history, 9)
        .memories.filter(([, row]) => row === 6)
        .map(([frame]) => frame);
    const distractor = [offer(0.9, 5, target), offer(0.6, 5, far)];
    expect(anchors(steady(7).after(remembered(8, 0.9), 0, distractor))).toEqual([0, 8]);
    expect(anchors(steady(7).after(remembered(8, 0.9), 0, [offer(0.9, 5, target), offer(0.6, 5, target)]))).toEqual([0]);
    expect(anchors(steady(7).after(remembered(8, 0.8), 0, [offer(0.8, 5, target), offer(0.6, 5, far)]))).toEqual([0]);
    expect(anchors(steady(7).after(remembered(8, 0.9), 0, [offer(0.9, 5, squareLogits(0, 0, 5)), offer(0.6, 5, far)]))).toEqual([0]);
  });

  it('anchors no two frames within five, the prompt counted', () => {
    const anchorsFrom = (gap: number): unknown => {
      let history: MemoryPolicy = start;
      for (let t = 1; t < gap; t++) history = history.after(remembered(t, 0.9), 0, [offer(0.9, 5, target)]);
      const distractor = [offer(0.9, 5, target), offer(0.6, 5, far)];
      for (let t = gap; t <= gap + 12; t++) history = history.after(remembered(t, 0.9), 0, distractor);
      return attended(history, gap + 13)
        .memories.filter(([, row]) => row === 6)
        .map(([frame]) => frame);
    };
    // The first may be the sixth frame after the prompt, the next the sixth after that.
    expect(anchorsFrom(2)).toEqual([0, 6, 12]);
    expect(anchorsFrom(6)).toEqual([0, 6, 12, 18]);
    expect(anchorsFrom(8)).toEqual([0, 8, 14, 20]);
  });

  it('anchors where the joined box overlaps by at most 0.7, and an area within a fifth of the usual one', () => {
    const usual = squareLogits(0, 0, 6);
    const anchors = (other: Float32Array, chosen = usual): boolean => {
      let history: MemoryPolicy = start;
      for (let t = 1; t <= 7; t++) history = history.after(remembered(t, 0.9), 0, [offer(0.9, 5, usual)]);
      history = history.after(remembered(8, 0.9), 0, [offer(0.9, 5, chosen), offer(0.6, 5, other)]);
      return attended(history, 9).memories.filter(([, row]) => row === 6).length === 2;
    };
    // Joined boxes of 6 x 8 and of 8 x 8, of which 6 x 6 is 0.75 and 0.56.
    const corner = squareLogits(7, 7, 1);
    expect([anchors(squareLogits(0, 7, 1)), anchors(corner)]).toEqual([false, true]);
    /** Of 36 px in the same box, this many less. */
    const without = (missing: number): Float32Array => {
      const logits = usual.slice();
      for (let i = 0; i < missing; i++) logits[9 + (i % 4) + 8 * Math.floor(i / 4)] = -5;
      return logits;
    };
    expect([anchors(corner, without(7)), anchors(corner, without(8))]).toEqual([true, false]);
  });

  it('takes the usual area from the last ten frames', () => {
    const anchorsAfter = (sizes: readonly number[]): boolean => {
      let history: MemoryPolicy = start;
      sizes.forEach((size, i) => {
        history = history.after(remembered(i + 1, 0.9), 0, [offer(0.9, 5, squareLogits(0, 0, size))]);
      });
      const frame = sizes.length + 1;
      history = history.after(remembered(frame, 0.9), 0, [offer(0.9, 5, squareLogits(0, 0, 6)), offer(0.6, 5, squareLogits(7, 7, 1))]);
      return attended(history, frame + 1).memories.filter(([, row]) => row === 6).length === 2;
    };
    const times = (count: number, size: number): number[] => new Array<number>(count).fill(size);
    // Not from the last three alone, and not from all.
    expect(anchorsAfter([...times(7, 6), ...times(3, 5)])).toBe(true);
    expect(anchorsAfter([...times(8, 4), ...times(6, 6)])).toBe(true);
    expect(anchorsAfter([...times(4, 6), ...times(6, 4)])).toBe(false);
  });
});

describe('every policy', () => {
  it('stays bounded and has the memory of all it attends to', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('none' as const, 'sam2long' as const, 'samurai' as const, 'dam4sam' as const),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: -6, max: 6 })), { minLength: 1, maxLength: 80 }),
        (name, frames) => {
          let history = emptyPolicy(name, testConstants, 0.3);
          frames.forEach(([iou, logit], at) => {
            const offered = [offer(iou, logit), offer(iou / 2, logit, squareLogits(4, 4, 3))];
            const { memories } = history.attend({ frame: at + 1, reverse: false, conditioning, frameCount: null });
            expect(memories.every(({ source }) => source.maskMemory !== null)).toBe(true);
            expect(memories.length).toBeLessThanOrEqual(7);
            history = history.after(remembered(at + 1, iou, logit), 0, offered);
          });
          expect(history.size).toBeLessThanOrEqual(15 + 6);
        },
      ),
      { numRuns: 60 },
    );
  });
});
