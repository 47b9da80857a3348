/**
 * Finds objects in a video by itself, a frame at a time: asks the strategy for proposals, the decoder for masks, and
 * keeps the roster. It knows no model and no files: the tracker's results go in, and what to track, refresh and end
 * comes out.
 */

import type { DiscoveryThresholds } from '../../../shared/manifest.ts';
import { boxIou, edgesOf } from '../../common/box-iou.ts';
import type { Detection } from '../detect/suppress.ts';
import { byTrust, type Candidate, judge, type ProbedMask, type SizeLimits } from './candidates.ts';
import { sameBox } from './detector-strategy.ts';
import { GridMask } from './grid-mask.ts';
import type { LumaPicture } from './luma-picture.ts';
import { distinct, insideShare, matchCandidate } from './match-objects.ts';
import { ProbeMemory } from './probe-memory.ts';
import type { PromptStrategy, Proposal } from './prompt-strategy.ts';
import { labelOf, Roster, type RosterEvent, type RosterTrack, type TrackResult } from './roster.ts';
import { isShotCut } from './shot-cut.ts';

export type NamedDetection = Detection & { name: string };

export interface DiscovererOptions {
  /** Cells of a side of the logit grid. */
  size: number;
  strategy: PromptStrategy;
  thresholds: DiscoveryThresholds;
  limits: SizeLimits;
  /** Most tracks at a time. */
  maxObjects: number;
}

export interface FrameInput {
  frame: number;
  timeMs: number;
  picture: LumaPicture;
  /** Of the tracks of the roster, on this frame. */
  results: readonly TrackResult[];
  /** Masks of the user's objects, which count as covered. */
  others: readonly GridMask[];
  /** Where objects are wanted; null: everywhere. */
  region: GridMask | null;
  /** Most prompts; 0: the frame is only watched. */
  budget: number;
}

export interface DiscoveryPorts {
  /** Decodes proposals on this frame, in their order. */
  probe: (proposals: readonly Proposal[]) => Promise<ProbedMask[]>;
  /** Runs a detector on this frame; absent without one. */
  detect?: () => Promise<NamedDetection[]>;
}

export interface FrameOutcome {
  isCut: boolean;
  events: RosterEvent[];
  /** To be tracked from this frame on. */
  born: { key: number; candidate: Candidate }[];
  /** Tracks that get this frame as a conditioning frame. */
  refreshed: { key: number; candidate: Candidate }[];
  /** How many prompts were decoded. */
  prompts: number;
}

/** A good candidate renews a track that is unsure, not more often than this. */
const refresh = { everyFrames: 16, leastScore: 0.85, leastIou: 0.8, unsureBelow: 0.7 } as const;

export class Discoverer {
  readonly #options: DiscovererOptions;
  readonly #roster = new Roster();
  readonly #memory = new ProbeMemory();
  #before: LumaPicture | null = null;

  constructor(options: DiscovererOptions) {
    this.#options = options;
  }

  get tracks(): readonly RosterTrack[] {
    return this.#roster.tracks;
  }

  /** Tracks that may be shown: confirmed, present and believed. */
  get shown(): readonly RosterTrack[] {
    return this.tracks.filter(({ id, isPresent, isDoubtful }) => id !== null && isPresent && !isDoubtful);
  }

  /** The user took a track over: it is no business of discovery any more, and its number is not used again. */
  release(key: number): void {
    this.#roster.end(key, 'covered');
  }

  async step(input: FrameInput, ports: DiscoveryPorts): Promise<FrameOutcome> {
    const { frame, timeMs, picture } = input;
    const isCut = this.#before !== null && isShotCut(this.#before, picture);
    this.#before = picture;
    if (isCut) {
      this.#memory.clear();
      this.#roster.doubtAll();
    }
    this.#options.strategy.observe(picture);
    const events = this.#roster.observe(frame, timeMs, input.results, input.others);
    const outcome: FrameOutcome = { isCut, events, born: [], refreshed: [], prompts: 0 };
    if (input.budget > 0) await this.#look(input, ports, outcome);
    return outcome;
  }

  async #look(input: FrameInput, ports: DiscoveryPorts, outcome: FrameOutcome): Promise<void> {
    const { size, strategy } = this.#options;
    const believed = this.#believed(input.results);
    const covered = [...believed.map(({ mask }) => mask), ...input.others]
      .reduce((all, mask) => all.union(mask), GridMask.empty(size))
      .grown();
    const detections = (await ports.detect?.()) ?? null;
    if (detections) this.#hear(detections, input.results);
    const proposals = strategy.propose(
      {
        frame: input.frame,
        picture: input.picture,
        covered,
        region: input.region,
        detections,
        trackedBoxes: believed.map(({ mask }) => mask.box).filter((box) => box !== null),
        memory: this.#memory,
      },
      input.budget,
    );
    if (proposals.length === 0) return;
    const answers = await ports.probe(proposals);
    outcome.prompts = proposals.length;
    this.#take(proposals, answers, input, covered, outcome);
  }

  #take(proposals: readonly Proposal[], answers: readonly ProbedMask[], input: FrameInput, covered: GridMask, outcome: FrameOutcome): void {
    const { size, thresholds, limits, maxObjects } = this.#options;
    const candidates: Candidate[] = [];
    const fruitful = new Set<Proposal>();
    for (const [at, proposal] of proposals.entries()) {
      const candidate = judge(proposal, answers[at]!, size, thresholds, limits);
      if (candidate) candidates.push(candidate);
    }
    candidates.sort(byTrust);
    const now = this.#now(input.results);
    const fresh = candidates.filter((candidate) => {
      const match = matchCandidate(candidate.mask, now, covered);
      if (match.kind === 'same') this.#again(match.track.track, candidate, input.frame, outcome);
      return match.kind === 'new' || (match.kind === 'whole' && this.#replaces(candidate, now, outcome));
    });
    let hasRoom = true;
    for (const candidate of distinct(fresh)) {
      // What there was no room for is no place without result.
      hasRoom &&= this.tracks.length < maxObjects;
      if (!hasRoom) {
        fruitful.add(candidate.proposal);
        continue;
      }
      const { key } = this.#roster.add(candidate, input.frame, input.timeMs);
      outcome.born.push({ key, candidate });
      fruitful.add(candidate.proposal);
    }
    for (const proposal of proposals) {
      if (!fruitful.has(proposal)) this.#memory.remember(proposal.key, proposal.box, input.picture);
    }
  }

  /**
   * What a detector knows by name is a whole: nameless tracks of its parts give way.
   * @returns whether it ended any
   */
  #replaces(candidate: Candidate, now: readonly { track: RosterTrack; mask: GridMask }[], outcome: FrameOutcome): boolean {
    if (candidate.proposal.source !== 'detector') return false;
    const parts = now.filter(({ track, mask }) => this.#roster.get(track.key) && mask.insideOf(candidate.mask) >= insideShare);
    if (parts.some(({ track }) => labelOf(track) !== null)) return false;
    for (const { track } of parts) outcome.events.push(...this.#roster.end(track.key, 'part'));
    return parts.length > 0;
  }

  /** A candidate says what a track says. */
  #again(track: RosterTrack, candidate: Candidate, frame: number, outcome: FrameOutcome): void {
    this.#roster.support(track);
    if (candidate.proposal.label) this.#roster.vote(track, candidate.proposal.label);
    const isDue = frame - track.refreshedFrame >= refresh.everyFrames && track.score < refresh.unsureBelow;
    if (!isDue || candidate.score < refresh.leastScore || candidate.mask.iou(track.mask) < refresh.leastIou) return;
    track.refreshedFrame = frame;
    outcome.refreshed.push({ key: track.key, candidate });
  }

  /** Detections of what is tracked cost no prompt: they name it, and show that it is there. */
  #hear(detections: readonly NamedDetection[], results: readonly TrackResult[]): void {
    for (const { track, mask } of this.#now(results)) {
      const box = mask.box;
      if (!box) continue;
      const heard = detections.find((detection) => boxIou(edgesOf(detection), box) >= sameBox);
      if (!heard) continue;
      this.#roster.vote(track, heard);
      this.#roster.support(track);
    }
  }

  /** Tracks with the masks of this frame. */
  #now(results: readonly TrackResult[]): { track: RosterTrack; mask: GridMask }[] {
    return results.flatMap(({ key, mask, objectLogit }) => {
      const track = this.#roster.get(key);
      return track && objectLogit > 0 && mask.area > 0 ? [{ track, mask }] : [];
    });
  }

  #believed(results: readonly TrackResult[]): { mask: GridMask }[] {
    return this.#now(results).filter(({ track }) => !track.isDoubtful);
  }
}
