import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemorySettings, memorySettingsSchema } from '../../../../shared/memory-settings.ts';
import type { FrameOutput } from '../memory-bank.ts';
import { growAsTracked } from '../testing/grow-tree.ts';
import { testConstants } from '../testing/scripted-graphs.ts';
import { offer, remembered, squareLogits } from '../testing/scripted-paths.ts';
import type { Candidate } from './candidate.ts';
import { type GrownFrame, MemoryTree } from './memory-tree.ts';
import { emptyPolicy } from './policies/empty-policy.ts';

const conditioning = new Map<number, FrameOutput>([[0, { ...remembered(0, 1, 10), logits: new Float32Array(64) }]]);

const plant = (change: Partial<MemorySettings> = {}): MemoryTree =>
  new MemoryTree({
    objectId: 1,
    settings: memorySettingsSchema.parse({ mode: 'tree', variant: 'exact', ...change }),
    start: emptyPolicy('sam2long', testConstants, 0.3),
    reverse: false,
    firstBranch: 0,
    noObjScore: -1024,
    pixels: 64,
  });

const context = (frame: number) => ({ frame, conditioning, frameCount: null });

/** Offers every path the same, or what `script` says for its place. */
const step = (tree: MemoryTree, frame: number, script: (path: number) => Candidate[]): GrownFrame => {
  const grown = growAsTracked(
    tree,
    frame,
    tree.requests(context(frame)).map((_, path) => script(path)),
  );
  for (const { output, entry } of grown.kept) {
    output.maskMemory = Float32Array.of(frame);
    entry.maskMemory = output.maskMemory;
  }
  return grown;
};

const squares = [squareLogits(0, 0, 4), squareLogits(4, 4, 4), squareLogits(0, 4, 3)];
const three = (ious: [number, number, number], objectLogit = 5, logits = squares): Candidate[] =>
  ious.map((iou, k) => offer(iou, objectLogit, logits[k]!));
const certain = three([0.5, 0.9, 0.7]);
const uncertain = three([0.5, 0.9, 0.7], 1);

describe('exact', () => {
  it('runs once after the prompt, from its memory alone, and starts every path from the best mask with score 0 (rule L1)', () => {
    const tree = plant();
    expect(tree.requests(context(1)).map(({ memories }) => memories.length)).toEqual([1]);
    const { kept } = step(tree, 1, () => uncertain);
    expect(kept).toHaveLength(1);
    expect(kept[0]!.output.predictedIou).toBe(0.9);
    expect(tree.branches).toMatchObject([{ branch: 0, pathScore: 0 }]);
  });

  it('is one line until the first uncertain frame, computed once (rule L12)', () => {
    const tree = plant();
    for (let t = 1; t <= 10; t++) {
      expect(tree.requests(context(t))).toHaveLength(1);
      expect(step(tree, t, () => certain).kept).toHaveLength(1);
    }
    expect(tree.branches).toHaveLength(1);
  });

  it('splits on an uncertain frame into the distinct candidates, each with its own memory (rules L5 and L6)', () => {
    const tree = plant();
    step(tree, 1, () => certain);
    const { kept, isCertain, events } = step(tree, 2, () => uncertain);
    expect(isCertain).toBe(false);
    expect(kept.map(({ output }) => output.predictedIou)).toEqual([0.9, 0.7, 0.5]);
    expect(events.map(({ type }) => type)).toEqual(['spawned', 'spawned', 'scored']);
    expect(tree.branches.map(({ branch }) => branch)).toEqual([0, 1, 2]);
    const requests = tree.requests(context(3));
    expect(requests).toHaveLength(3);
    // What lies before the split is shared, what comes after is each path's own.
    const at = (path: number, memory: number) => requests[path]!.memories[memory]!.source;
    expect(at(0, 1)).toBe(at(1, 1));
    expect(at(0, 2)).not.toBe(at(1, 2));
  });

  it('lets every path inherit the past of its parent, and nothing of the others (rule L6)', () => {
    const tree = plant();
    /** The candidate and the path it came from, in the pointer's second place. */
    const marked = (path: number, frame: number): Candidate[] =>
      three([0.7, 0.69, 0.68], frame < 3 ? 1 : 5).map((candidate, k) => ({
        ...candidate,
        predictedIou: frame === 2 ? [0.9, 0.85, 0.8][k]! : k === 0 ? 0.7 - path / 1000 : 0.4,
        pointer: Float32Array.of(frame, 10 * path + k, 0, 0),
      }));
    for (let t = 1; t <= 4; t++) step(tree, t, (path) => marked(path, t));
    const pasts = tree.requests(context(5)).map(({ memories }) => memories.slice(2).map(({ source }) => source.pointer[1]));
    // Each went on by its own first candidate after the split on frame 2 into candidates 0, 1 and 2.
    expect(pasts).toEqual([
      [0, 0, 0],
      [1, 10, 10],
      [2, 20, 20],
    ]);
  });

  it('scores the sum of ln IoU, the best 0 (rules L3 and L13)', () => {
    const tree = plant();
    step(tree, 1, () => certain);
    step(tree, 2, () => uncertain);
    const [, second, third] = tree.branches;
    expect(second!.pathScore).toBeCloseTo(Math.log(0.70001 / 0.90001), 10);
    expect(third!.pathScore).toBeCloseTo(Math.log(0.50001 / 0.90001), 10);
  });

  it('goes on with the best three scores on a certain frame and tells what died (rule L4)', () => {
    const tree = plant();
    step(tree, 1, () => certain);
    step(tree, 2, () => uncertain);
    // The second path finds everything, the others hardly anything.
    const { events, amended } = step(tree, 3, (path) => three(path === 1 ? [0.99, 0.98, 0.97] : [0.1, 0.1, 0.1]));
    expect(tree.branches.map(({ branch }) => branch)).toEqual([1, 3, 4]);
    expect(events.filter(({ type }) => type === 'pruned')).toMatchObject([
      { branch: 0, reason: 'outscored' },
      { branch: 2, reason: 'outscored' },
    ]);
    // Rule L10: the frame since the split is told again.
    expect(events.find(({ type }) => type === 'switched')).toMatchObject({ from: 0, to: 1, amendedFrom: 2 });
    expect(amended.map(({ frame, output }) => [frame, output.predictedIou])).toEqual([[2, 0.7]]);
  });

  it('writes the no-object score over the mask of an absent object (rules 11 and L6)', () => {
    const tree = plant();
    const { kept } = step(tree, 1, () => three([0.5, 0.9, 0.7], -3));
    expect(new Set(kept[0]!.output.logits)).toEqual(new Set([-1024]));
  });

  it('amends no further back than the lag (rule L10)', () => {
    const tree = plant({ amendLag: 3 });
    step(tree, 1, () => certain);
    step(tree, 2, () => three([0.6, 0.9, 0.7], 1));
    for (let t = 3; t < 10; t++) step(tree, t, () => three([0.8, 0.1, 0.1]));
    const { events, amended } = step(tree, 10, (path) => three(path === 1 ? [0.9, 0.1, 0.1] : [0.01, 0.01, 0.01]));
    expect(events.find(({ type }) => type === 'switched')).toMatchObject({ amendedFrom: 7 });
    expect(amended.map(({ frame }) => frame)).toEqual([9, 8, 7]);
  });
});

describe('live', () => {
  it('drops a branch under the prune ratio and gives its slot to the best', () => {
    const tree = plant({ variant: 'live', consistencyThreshold: 1 });
    step(tree, 1, () => certain);
    const { events } = step(tree, 2, () => three([0.3, 0.8, 0.6], 1));
    expect(events.filter(({ type }) => type === 'pruned')).toMatchObject([{ branch: 2, reason: 'ratio' }]);
    expect(tree.branches.map(({ branch }) => branch)).toEqual([0, 1]);
    // Certain again: three copies of the best, so that the choice is the one of rule L4.
    step(tree, 3, (path) => three(path === 0 ? [0.9, 0.2, 0.2] : [0.2, 0.2, 0.2]));
    expect(tree.branches.map(({ branch }) => branch)).toEqual([0]);
  });

  it('merges a branch that agreed with the best for three frames', () => {
    const tree = plant({ variant: 'live', pruneRatio: 0 });
    const alike = [squareLogits(0, 0, 5), squareLogits(0, 0, 5), squareLogits(5, 5, 2)];
    step(tree, 1, () => certain);
    step(tree, 2, () => three([0.8, 0.9, 0.7], 1, alike));
    // Each path goes on by its first candidate; the others are hopeless.
    const onward = (path: number): Candidate[] => three([0.9, 0.01, 0.01], 5, [path === 2 ? alike[2]! : alike[0]!, alike[2]!, alike[2]!]);
    step(tree, 3, onward);
    const { events } = step(tree, 4, onward);
    expect(events.filter(({ type }) => type === 'merged')).toMatchObject([{ branch: 1, into: 0, agreement: 1 }]);
    expect(tree.branches.map(({ branch }) => branch)).toEqual([0, 2]);
  });

  it('weights recent frames more, so a late bad stretch can be made good', () => {
    const scoreAfter = (variant: 'exact' | 'live'): number => {
      const tree = plant({ variant, pruneRatio: 0, consistencyThreshold: 1, keyFrameBoost: 1, scoreDecay: 0.5 });
      step(tree, 1, () => certain);
      step(tree, 2, () => three([0.01, 0.8, 0.4], 1));
      for (let t = 3; t < 8; t++) step(tree, t, () => three([0.8, 0.01, 0.02]));
      return tree.branches[1]!.pathScore;
    };
    expect(scoreAfter('exact')).toBeCloseTo(Math.log(0.40001 / 0.80001), 8);
    expect(scoreAfter('live')).toBeCloseTo(Math.log(0.40001 / 0.80001) / 32, 8);
  });

  it('boosts key frames', () => {
    const scoreWith = (keyFrameBoost: number): number => {
      const tree = plant({ variant: 'live', pruneRatio: 0, keyFrameBoost, uncertaintyLogit: 5 });
      step(tree, 1, () => certain);
      step(tree, 2, () => three([0.9, 0.8, 0.1], 4.9));
      const next = step(tree, 3, (path) => three([path === 0 ? 0.8 : 0.95, 0.01, 0.01], path === 0 ? 4 : 6));
      expect(next.isCertain).toBe(true);
      return tree.branches.find(({ branch }) => branch === 1)!.pathScore - tree.branches.find(({ branch }) => branch === 0)!.pathScore;
    };
    expect(scoreWith(1.2) - scoreWith(1)).toBeCloseTo(Math.log(1.2), 4);
  });

  it('boosts no frame on which the object is not surely there', () => {
    const scoreWith = (keyFrameBoost: number): number => {
      const tree = plant({ variant: 'live', pruneRatio: 0, keyFrameBoost, uncertaintyLogit: 5 });
      step(tree, 1, () => certain);
      step(tree, 2, () => three([0.9, 0.8, 0.1], 4.9));
      step(tree, 3, (path) => three([path === 0 ? 0.8 : 0.95, 0.01, 0.01], path === 0 ? 6 : 5));
      return tree.branches.find(({ branch }) => branch === 1)!.pathScore - tree.branches.find(({ branch }) => branch === 0)!.pathScore;
    };
    expect(scoreWith(1.2)).toBeCloseTo(scoreWith(1), 10);
  });

  it('does not merge branches because none of them sees the object', () => {
    const tree = plant({ variant: 'live', pruneRatio: 0 });
    step(tree, 1, () => certain);
    step(tree, 2, () => three([0.8, 0.9, 0.7], 1));
    for (let t = 3; t < 20; t++) step(tree, t, () => three([0.9, 0.01, 0.01], -4));
    expect(tree.branches.map(({ branch }) => branch).sort()).toEqual([0, 1, 2]);
  });
});

describe('one path with a policy', () => {
  it('takes the candidate of the rule (SAMURAI), whatever a key frame counts in the live tree', () => {
    const still = squareLogits(2, 2, 3);
    const settings = memorySettingsSchema.parse({ mode: 'single', gate: 'samurai', keyFrameBoost: 1.2 });
    for (const mode of ['single', 'tree'] as const) {
      const tree = new MemoryTree({
        objectId: 1,
        settings: { ...settings, mode, maxBranches: 1 },
        start: emptyPolicy('samurai', testConstants, 0.3),
        reverse: false,
        firstBranch: 0,
        noObjScore: -1024,
        pixels: 64,
      });
      for (let t = 1; t <= 16; t++) step(tree, t, () => [offer(0.85, 5, still), offer(0.1), offer(0.1)]);
      // The twin elsewhere is a key frame, the near one is not: motion decides.
      const { kept } = step(tree, 17, () => [offer(0.85, 5, still), offer(0.9, 5, squareLogits(5, 5, 3)), offer(0.1)]);
      expect(kept[0]!.output.predictedIou).toBe(0.85);
    }
  });
});

const story = fc.array(
  fc.tuple(
    fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      ),
      { minLength: 8, maxLength: 8 },
    ),
    fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 8, maxLength: 8 }),
  ),
  { minLength: 2, maxLength: 40 },
);

describe('for all stories', () => {
  it('holds the bounds, never loses the best, and tells the truth about its branches', () => {
    fc.assert(
      fc.property(
        story,
        fc.constantFrom('exact' as const, 'live' as const),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 12 }),
        (frames, variant, maxBranches, history) => {
          const tree = plant({ variant, maxBranches, history, amendLag: 5 });
          const alive = new Set<number>();
          frames.forEach(([ious, logits], at) => {
            const before = tree.branches;
            const { events, kept, amended } = step(tree, at + 1, (path) => three(ious[path % 8]!, logits[path % 8]!));
            const { branches } = tree;
            expect(branches.length).toBeLessThanOrEqual(maxBranches);
            expect(new Set(branches.map(({ branch }) => branch)).size).toBe(branches.length);
            expect(kept.length).toBe(branches.length);
            expect(branches[0]!.pathScore).toBe(0);
            expect(branches.every(({ pathScore }) => pathScore <= 0)).toBe(true);
            expect(branches.every(({ historySize }) => historySize <= 16)).toBe(true);
            expect(tree.trailLength).toBe(Math.min(at + 1, history));
            expect(amended.length).toBeLessThanOrEqual(Math.min(5, history));
            for (const event of events) {
              if (event.type === 'spawned') alive.add(event.branch);
              if (event.type === 'pruned' || event.type === 'merged') alive.delete(event.branch);
            }
            expect([...alive].sort()).toEqual(branches.map(({ branch }) => branch).sort());
            if (at > 0) expect(before.some(({ branch }) => alive.has(branch))).toBe(true);
          });
        },
      ),
      { numRuns: 80 },
    );
  });

  it('never drops the best candidate', () => {
    fc.assert(
      fc.property(story, fc.constantFrom('exact' as const, 'live' as const), (frames, variant) => {
        const tree = plant({ variant, keyFrameBoost: 1, scoreDecay: 1 });
        frames.forEach(([ious, logits], at) => {
          const scores = tree.branches.map(({ pathScore }) => pathScore);
          const best = Math.max(...scores.flatMap((score, path) => ious[path]!.map((iou) => score + Math.log(iou + 1e-5))));
          const wanted = scores.flatMap((score, path) => ious[path]!.filter((iou) => score + Math.log(iou + 1e-5) === best));
          const { kept } = step(tree, at + 1, (path) => three(ious[path]!, logits[path]!));
          expect(wanted).toContain(kept[0]!.output.predictedIou);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('drops nothing better than what it keeps, with the defaults of the live tree', () => {
    fc.assert(
      fc.property(story, (frames) => {
        const tree = plant({ variant: 'live' });
        frames.forEach(([ious, logits], at) => {
          const { events } = step(tree, at + 1, (path) => three(ious[path]!, logits[path]!));
          const { branches } = tree;
          expect(branches[0]!.pathScore).toBe(0);
          for (const event of events)
            if (event.type === 'pruned' || event.type === 'merged') expect(event.branch).not.toBe(branches[0]!.branch);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('knows nothing of the live rules when it is exact', () => {
    fc.assert(
      fc.property(
        story,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        fc.double({ min: 1, max: 2, noNaN: true }),
        (frames, pruneRatio, consistencyThreshold, scoreDecay, keyFrameBoost) => {
          const [plain, other] = [plant(), plant({ pruneRatio, consistencyThreshold, scoreDecay, keyFrameBoost })];
          frames.forEach(([ious, logits], at) => {
            const [a, b] = [plain, other].map((tree) => step(tree, at + 1, (path) => three(ious[path]!, logits[path]!)));
            expect(b!.events).toEqual(a!.events);
            expect(other.branches).toEqual(plain.branches);
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('does the same whether copies are computed once or apart', () => {
    fc.assert(
      fc.property(story, (frames) => {
        const settings = memorySettingsSchema.parse({ mode: 'tree', variant: 'exact' });
        const options = {
          objectId: 1,
          settings,
          start: emptyPolicy('sam2long', testConstants, 0.3),
          reverse: false,
          firstBranch: 0,
          noObjScore: -1024,
          pixels: 64,
        };
        const shared = new MemoryTree(options);
        const apart = new MemoryTree({ ...options, sharesCopies: false });
        frames.forEach(([ious, logits], at) => {
          // The answer depends on the branch alone, as a model's would on its memories.
          const offers = (tree: MemoryTree): Candidate[][] =>
            tree.requests(context(at + 1)).map(({ memories }) => {
              const mark = Math.round((memories.at(-1)!.source.pointer[1] ?? 0) % 8);
              return three(ious[mark]!, logits[mark]!).map((candidate, k) => ({
                ...candidate,
                pointer: Float32Array.of(at + 1, (mark * 3 + k) % 8, 0, 0),
              }));
            });
          for (const tree of [shared, apart]) {
            const grown = growAsTracked(tree, at + 1, offers(tree), tree === shared);
            for (const { output, entry } of grown.kept) {
              output.maskMemory = Float32Array.of(at);
              entry.maskMemory = output.maskMemory;
            }
          }
          expect(apart.branches).toEqual(shared.branches);
        });
      }),
      { numRuns: 60 },
    );
  });
});
