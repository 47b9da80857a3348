/**
 * The memory tree of one object in one direction of one run: paths that each keep their own memories and compete by the
 * product of their predicted IoUs (SAM2Long, arXiv 2410.16268; rules L1 to L6, L10 to L13). No graphs here: it says
 * what each path attends to, is given what the decoder answered, and says which candidates live on.
 *
 * There are always as many slots as branches are allowed. Slots may hold the same path, since the rule for certain
 * frames keeps the best three scores even where they are copies of one candidate (L12); a path is computed once however
 * many slots hold it.
 *
 * Bounded: policies hold what the next frame can reach, the trail behind a path ends after `history` frames, scores
 * are rebased.
 */
import { branchesOf, type MemorySettings } from '../../../../shared/memory-settings.ts';
import type { BranchScore, TreeEvent } from '../../../../shared/memory-tree.ts';
import type { AttentionRequest } from '../attention-batch.ts';
import type { FrameOutput } from '../memory-bank.ts';
import { frameUncertainty } from '../uncertainty.ts';
import type { Candidate, RememberedFrame } from './candidate.ts';
import { maskIou } from './mask-shape.ts';
import type { AttendContext, MemoryPolicy } from './policies/memory-policy.ts';
import { extendedScore, isCertainFrame, rebase, type ScoredCandidate, selectCandidates } from './select-candidates.ts';
import { cutTrail, divergence, type TrailNode } from './trail.ts';

/** One path, immutable. */
interface Path {
  readonly branch: number;
  /** ln scale, 0 = the best. */
  readonly pathScore: number;
  readonly policy: MemoryPolicy;
  readonly tip: TrailNode | null;
  /** Frames in a row on which its mask agreed with the best path's. */
  readonly agreeing: number;
}

/** What became of a frame. */
export interface GrownFrame {
  /** Outputs whose memory must be there before the next frame, each with what remembers it; the best path's first. */
  kept: { output: FrameOutput; entry: RememberedFrame }[];
  isCertain: boolean;
  /** Worth a look, 0..1. */
  uncertainty: number;
  events: TreeEvent[];
  /** Earlier frames that the best path sees differently since it leads, newest first. */
  amended: { frame: number; output: FrameOutput }[];
}

export interface TreeOptions {
  objectId: number;
  settings: MemorySettings;
  /** What a path without any frame remembers: the policy's empty one. */
  start: MemoryPolicy;
  reverse: boolean;
  /** Number of the first branch; an object's branches are never numbered twice. */
  firstBranch: number;
  /** The no-object score that fills logits of absent objects (rule 11). */
  noObjScore: number;
  /** Logits of a mask. */
  pixels: number;
  /** Tests compute copies apart to show that sharing changes nothing. */
  sharesCopies?: boolean;
}

/** Predicted IoU from which a frame with the object surely present is a key frame. */
const keyFrameIou = 0.9;
/** Frames in a row that branches must agree on before they are merged. */
const framesToMerge = 3;

export class MemoryTree {
  readonly settings: MemorySettings;
  readonly reverse: boolean;
  readonly #options: TreeOptions;
  readonly #isLive: boolean;
  #slots: Path[];
  #head: number | null = null;
  #nextBranch: number;

  constructor(options: TreeOptions) {
    this.#options = options;
    this.settings = options.settings;
    this.reverse = options.reverse;
    // One path with a policy follows the policy's source and nothing else.
    this.#isLive = options.settings.mode === 'tree' && options.settings.variant === 'live';
    this.#nextBranch = options.firstBranch + 1;
    this.#slots = [{ branch: options.firstBranch, pathScore: 0, policy: options.start, tip: null, agreeing: 0 }];
  }

  /** The newest frame, null before the first. */
  get head(): number | null {
    return this.#head;
  }

  get nextBranch(): number {
    return this.#nextBranch;
  }

  /** Different paths, best first. */
  get #paths(): Path[] {
    return this.#options.sharesCopies === false ? this.#slots : [...new Set(this.#slots)];
  }

  /** Branches alive, best first. */
  get branches(): { branch: number; pathScore: number; historySize: number }[] {
    return [...new Map(this.#slots.map((path) => [path.branch, path])).values()].map(({ branch, pathScore, policy }) => ({
      branch,
      pathScore,
      historySize: policy.size,
    }));
  }

  /** Frames behind the newest that can still be amended, for tests of the bound. */
  get trailLength(): number {
    let length = 0;
    for (let node = this.#slots[0]!.tip; node; node = node.parent) length++;
    return length;
  }

  /** Outputs that can still be amended, for tests of the bound. */
  get trail(): Set<FrameOutput> {
    const outputs = new Set<FrameOutput>();
    for (const path of this.#slots) for (let node = path.tip; node; node = node.parent) outputs.add(node.output);
    return outputs;
  }

  /**
   * Forgets memories in the trail that a correction can't reach any more; logits stay, to amend with.
   * @param reach frames behind the newest that keep theirs
   * @param isHeld whether somebody else needs an output
   */
  forgetMemories(reach: number, isHeld: (frame: number, output: FrameOutput) => boolean): void {
    for (const path of new Set(this.#slots)) {
      let depth = 0;
      for (let node = path.tip; node; node = node.parent)
        if (depth++ >= reach && node.output.maskMemory !== null && !isHeld(node.frame, node.output)) node.output.maskMemory = null;
    }
  }

  /** What ends with the tree: each branch that lives, on its last frame. */
  ended(reason: 'correction' | 'replanted'): TreeEvent[] {
    const frame = this.#head;
    if (frame === null || this.settings.mode !== 'tree') return [];
    return this.branches.map(({ branch }) => ({ type: 'pruned', objectId: this.#options.objectId, frame, branch, reason }));
  }

  /** What each different path attends to on the next frame, best path first. */
  requests(context: Omit<AttendContext, 'reverse'>): AttentionRequest[] {
    return this.#paths.map(({ policy }) => policy.attend({ ...context, reverse: this.reverse }));
  }

  /**
   * The paths whose candidates' masks {@link grow} looks at, numbered as in {@link requests}: all where the policy
   * looks at them, else those from which a candidate goes on that shows the object. `remember`: those of its candidates
   * that are remembered, unless their branch is merged on this frame.
   */
  masksWanted(offered: readonly (readonly Candidate[])[]): { path: number; remember: number[] }[] {
    const paths = this.#paths;
    if (this.#options.sharesCopies === false || paths.some(({ policy }) => policy.readsMasks)) {
      return paths.map((_, path) => ({ path, remember: [] }));
    }
    const wanted = new Map<number, Set<number>>();
    for (const { path: slot, candidate, pathScore, objectLogit } of this.#chosen(paths, offered)) {
      if (objectLogit <= 0) continue;
      const path = paths.indexOf(this.#slots[slot]!);
      const remember = wanted.get(path) ?? new Set<number>();
      wanted.set(path, remember);
      if (!this.#isLive || this.#head === null || !this.#fallsBehind(pathScore)) remember.add(candidate);
    }
    return [...wanted].map(([path, remember]) => ({ path, remember: [...remember] }));
  }

  /**
   * @param offered candidates of each path, in the order of {@link requests}; those of {@link masksWanted} are drawn
   */
  grow(frame: number, offered: readonly (readonly Candidate[])[]): GrownFrame {
    const events: TreeEvent[] = [];
    const paths = this.#paths;
    const former = this.#slots[0]!;
    const kept: GrownFrame['kept'] = [];
    const isFirst = this.#head === null;
    const chosen = this.#chosen(paths, offered);
    if (isFirst) this.#tell(events, frame, { type: 'spawned', branch: former.branch, parent: null, score: 0 });

    const grown = this.#children(frame, paths, offered, chosen, kept, events);
    // Rule L1: after the first frame every slot starts from its best mask, with pathScore 0.
    if (isFirst) this.#slots = new Array<Path>(branchesOf(this.settings)).fill({ ...grown[0]!, pathScore: 0 });
    else this.#slots = this.#isLive ? this.#thinned(frame, grown, events) : grown;
    this.#head = frame;

    const best = this.#slots[0]!;
    const alive = new Set(this.#slots.map(({ branch }) => branch));
    const told = new Set(events.flatMap((event) => (event.type === 'pruned' || event.type === 'merged' ? [event.branch] : [])));
    for (const { branch } of new Set(paths)) {
      if (!alive.has(branch) && !told.has(branch)) this.#tell(events, frame, { type: 'pruned', branch, reason: 'outscored' });
    }
    const amended = isFirst || former.tip === null ? [] : this.#amend(frame, former, best, events);
    for (const path of new Set(this.#slots)) cutTrail(path.tip, this.settings.history);
    const scores = this.#scores();
    if (scores.length > 1) this.#tell(events, frame, { type: 'scored', scores });
    const living = new Set(this.#slots.map(({ tip }) => tip!.output));
    return {
      kept: kept
        .filter(({ output }) => living.has(output))
        .sort((a, b) => Number(b.output === best.tip!.output) - Number(a.output === best.tip!.output)),
      isCertain: this.#isCertain(offered),
      uncertainty: this.#uncertainty(),
      events,
      amended,
    };
  }

  /** Rule L1: the best mask, by the policy's rating. */
  #firstOf(path: Path, candidates: readonly Candidate[]): ScoredCandidate {
    const ratings = path.policy.rate(candidates);
    let best = 0;
    for (let k = 1; k < candidates.length; k++) if (ratings[k]! > ratings[best]!) best = k;
    const { predictedIou, objectLogit } = candidates[best]!;
    return { path: 0, candidate: best, pathScore: 0, predictedIou, objectLogit };
  }

  #isCertain(offered: readonly (readonly Candidate[])[]): boolean {
    const objectLogits = offered.map((candidates) => candidates[0]!.objectLogit);
    return isCertainFrame(objectLogits, this.settings.uncertaintyLogit);
  }

  /** Rules L1 and L3 to L5 over the slots; `path` of the result counts slots. */
  #chosen(paths: readonly Path[], offered: readonly (readonly Candidate[])[]): ScoredCandidate[] {
    if (this.#head === null) return [this.#firstOf(paths[0]!, offered[0]!)];
    const decay = this.#isLive ? this.settings.scoreDecay : 1;
    const ratings = paths.map(({ policy }, index) => policy.rate(offered[index]!));
    const boosts = paths.map((_, index) => this.#boost(offered[index]!, ratings[index]!));
    const all = this.#slots.flatMap((slot, path) => {
      const at = paths.indexOf(slot);
      return offered[at]!.map(({ predictedIou, objectLogit }, candidate) => {
        const pathScore = extendedScore(slot.pathScore, ratings[at]![candidate]! * boosts[at]!, decay);
        return { path, candidate, pathScore, predictedIou, objectLogit };
      });
    });
    const chosen = selectCandidates(all, branchesOf(this.settings), this.#isCertain(offered));
    const scores = rebase(chosen.map(({ pathScore }) => pathScore));
    return chosen.map((candidate, index) => ({ ...candidate, pathScore: scores[index]! }));
  }

  /** Of a path as a whole, by the candidate it would take, so that it never changes which of its candidates that is. */
  #boost(candidates: readonly Candidate[], ratings: readonly number[]): number {
    const { predictedIou, objectLogit } = candidates[ratings.indexOf(Math.max(...ratings))]!;
    return this.#isLive && predictedIou >= keyFrameIou && objectLogit > this.settings.uncertaintyLogit ? this.settings.keyFrameBoost : 1;
  }

  /** Rule L6. The best child of a path goes on as its branch, the others are new branches; copies stay copies. */
  #children(
    frame: number,
    paths: readonly Path[],
    offered: readonly (readonly Candidate[])[],
    chosen: readonly ScoredCandidate[],
    kept: GrownFrame['kept'],
    events: TreeEvent[],
  ): Path[] {
    const children = new Map<string, Path>();
    const continued = new Set<number>();
    const apart = this.#options.sharesCopies === false;
    const branches = new Map<string, number>();
    return chosen.map(({ path: slot, candidate: k, pathScore }) => {
      const parent = this.#slots[slot]!;
      const at = paths.indexOf(parent);
      const key = `${parent.branch}:${k}`;
      const shared = children.get(key);
      if (shared && !apart) return shared;
      const candidates = offered[apart ? slot : at]!;
      const candidate = candidates[k]!;
      const { predictedIou, objectLogit, pointer, maskMemory } = candidate;
      const entry: RememberedFrame = { frame, predictedIou, objectLogit, pointer: pointer.slice(), maskMemory };
      const output: FrameOutput = { logits: this.#shown(candidate), objectLogit, predictedIou, pointer: entry.pointer, maskMemory };
      kept.push({ output, entry });
      let branch = branches.get(key);
      if (branch === undefined) {
        const isNew = continued.has(parent.branch);
        branch = isNew ? this.#nextBranch++ : parent.branch;
        branches.set(key, branch);
        continued.add(parent.branch);
        if (isNew) this.#tell(events, frame, { type: 'spawned', branch, parent: parent.branch, score: pathScore });
      }
      const child: Path = {
        branch,
        pathScore,
        policy: parent.policy.after(entry, k, candidates),
        tip: { frame, output, parent: parent.tip },
        agreeing: branch === parent.branch ? parent.agreeing : 0,
      };
      children.set(key, child);
      return child;
    });
  }

  /** Rule 11. */
  #shown(candidate: Candidate): Float32Array {
    const { pixels, noObjScore } = this.#options;
    return candidate.objectLogit > 0 ? candidate.logits.slice() : new Float32Array(pixels).fill(noObjScore);
  }

  /**
   * The live variant's own rules: a branch far below the best is dropped, one that agreed with a better one for some
   * frames is merged into it. The best takes the freed slots, so that the choice stays one over as many slots.
   */
  #thinned(frame: number, grown: readonly Path[], events: TreeEvent[]): Path[] {
    const { consistencyThreshold } = this.settings;
    const best = { ...grown[0]!, agreeing: 0 };
    const became = new Map<Path, Path>([[grown[0]!, best]]);
    for (const path of new Set(grown)) {
      if (became.has(path)) continue;
      if (this.#fallsBehind(path.pathScore)) {
        became.set(path, best);
        this.#tell(events, frame, { type: 'pruned', branch: path.branch, reason: 'ratio' });
        continue;
      }
      // That neither sees the object says nothing of where it will be seen again.
      if (path.tip!.output.objectLogit <= 0 && best.tip!.output.objectLogit <= 0) {
        became.set(path, path);
        continue;
      }
      const agreement = maskIou(path.tip!.output.logits, best.tip!.output.logits);
      const agreeing = consistencyThreshold < 1 && agreement >= consistencyThreshold ? path.agreeing + 1 : 0;
      if (agreeing >= framesToMerge) {
        became.set(path, best);
        this.#tell(events, frame, { type: 'merged', branch: path.branch, into: best.branch, agreement });
        continue;
      }
      became.set(path, { ...path, agreeing });
    }
    return grown.map((path) => became.get(path)!).sort((a, b) => b.pathScore - a.pathScore);
  }

  /** The live variant drops a branch of this score. Scores are rebased: the best one is 0. */
  #fallsBehind(pathScore: number): boolean {
    return Math.exp(pathScore) < this.settings.pruneRatio;
  }

  /** Rule L10 within a lag: a switch rewrites the frames since the two branches parted, at most `amendLag` of them. */
  #amend(frame: number, former: Path, best: Path, events: TreeEvent[]): GrownFrame['amended'] {
    // What the new best grew from led before as well: nothing was shown that it would not have shown.
    if (best.tip!.parent === former.tip) return [];
    const amended = divergence(best.tip!.parent, former.tip, this.settings.amendLag).map((node) => ({
      frame: node.frame,
      output: node.output,
    }));
    const amendedFrom = amended.at(-1)?.frame ?? frame;
    this.#tell(events, frame, { type: 'switched', from: former.branch, to: best.branch, amendedFrom });
    return amended;
  }

  #scores(): BranchScore[] {
    return [...new Map(this.#slots.map((path) => [path.branch, path])).values()].map(({ branch, pathScore, tip }) => ({
      branch,
      score: pathScore,
      iou: tip!.output.predictedIou,
      objectLogit: tip!.output.objectLogit,
    }));
  }

  #uncertainty(): number {
    const [best, ...others] = [...new Map(this.#slots.map((path) => [path.branch, path])).values()];
    return frameUncertainty(
      best!.tip!.output,
      others.map(({ pathScore, tip }) => ({ pathScore, agreement: maskIou(tip!.output.logits, best!.tip!.output.logits) })),
    );
  }

  #tell(events: TreeEvent[], frame: number, event: DistributiveOmit<TreeEvent, 'objectId' | 'frame'>): void {
    events.push({ ...event, objectId: this.#options.objectId, frame } as TreeEvent);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
