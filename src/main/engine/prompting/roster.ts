/**
 * The tracks that nobody clicked: tentative until they hold for some frames, then confirmed with an id, ended when they
 * are gone for long or double another. Ids are never reused. Pure: results of the tracker go in, events come out.
 */
import type { Candidate } from './candidates.ts';
import type { GridMask } from './grid-mask.ts';
import { sameIou } from './match-objects.ts';
import { isSteady, returnDistance } from './same-thing.ts';

export type EndReason = 'unconfirmed' | 'gone' | 'double' | 'reclaimed' | 'covered' | 'part' | 'evicted';

export interface RosterTrack {
  /** The tracker's number of it; never reused. */
  readonly key: number;
  /** Given on confirmation, never reused; a lost track hands it on to the newcomer that is the same thing. */
  id: number | null;
  readonly bornFrame: number;
  readonly source: Candidate['proposal']['source'];
  /** Where it was last present. */
  mask: GridMask;
  /** Predicted IoU of its first mask, and of its last. */
  readonly bornScore: number;
  score: number;
  isPresent: boolean;
  /** A cut came, and nothing has shown since that it is still there. */
  isDoubtful: boolean;
  /** Frames in a row that it was present and steady. */
  steady: number;
  seenFrame: number;
  seenMs: number;
  refreshedFrame: number;
  /** Votes of the detector, by class. */
  readonly votes: Map<string, number>;
}

export type RosterEvent =
  | { kind: 'confirmed'; key: number; id: number }
  | { kind: 'ended'; key: number; id: number | null; reason: EndReason };

export interface TrackResult {
  key: number;
  mask: GridMask;
  /** Predicted IoU. */
  score: number;
  objectLogit: number;
}

/** Study D.3: after SAM 3 and SAM2MOT, for a model that is unsure more often. */
const rules = {
  /** Frames in a row. */
  confirmFrames: 3,
  tentativeFrames: 15,
  /** Absent for both: gone. */
  goneFrames: 30,
  goneMs: 2000,
  /** Two tracks that overlap so much on so many of the last frames are one thing. */
  doubleIou: 0.5,
  doubleFrames: 8,
  doubleWindow: 15,
  /** A newcomer this young gives way to a lost track that claims its place. */
  reclaimFrames: 5,
} as const;

export class Roster {
  readonly #tracks = new Map<number, RosterTrack>();
  /** By pair of keys, the older first: a bit for each of the last frames. */
  readonly #overlaps = new Map<string, number>();
  #nextKey = 1;
  #nextId = 1;

  /** The oldest first. */
  get tracks(): readonly RosterTrack[] {
    return [...this.#tracks.values()];
  }

  /** Pairs of tracks that overlapped lately; for tests of the bound. */
  get heldPairs(): number {
    return this.#overlaps.size;
  }

  get(key: number): RosterTrack | undefined {
    return this.#tracks.get(key);
  }

  /** A tentative track. */
  add({ proposal, mask, score }: Candidate, frame: number, timeMs: number): RosterTrack {
    const track: RosterTrack = {
      key: this.#nextKey++,
      id: null,
      bornFrame: frame,
      source: proposal.source,
      mask,
      score,
      bornScore: score,
      isPresent: true,
      isDoubtful: false,
      steady: 1,
      seenFrame: frame,
      seenMs: timeMs,
      refreshedFrame: frame,
      votes: new Map(),
    };
    this.#tracks.set(track.key, track);
    if (proposal.label) this.vote(track, proposal.label);
    return track;
  }

  vote({ votes }: RosterTrack, { name, score }: { name: string; score: number }): void {
    votes.set(name, (votes.get(name) ?? 0) + score);
  }

  /** An independent candidate says the same as the track: it is there. */
  support(track: RosterTrack): void {
    track.isDoubtful = false;
    if (track.id === null) track.steady++;
  }

  /** Another shot begins: no track is believed until a candidate supports it. */
  doubtAll(): void {
    for (const track of this.#tracks.values()) track.isDoubtful = true;
  }

  /**
   * What the tracker says on a frame.
   * @param others masks of objects that are the user's: an automatic track on one of them ends
   */
  observe(frame: number, timeMs: number, results: readonly TrackResult[], others: readonly GridMask[] = []): RosterEvent[] {
    const events: RosterEvent[] = [];
    const returned: RosterTrack[] = [];
    for (const { key, mask, score, objectLogit } of results) {
      const track = this.#tracks.get(key);
      if (!track) continue;
      const isPresent = objectLogit > 0 && mask.area > 0;
      if (isPresent && !track.isPresent) returned.push(track);
      track.steady = isPresent && track.isPresent && isSteady(track.mask, mask) ? track.steady + 1 : isPresent ? 1 : 0;
      track.isPresent = isPresent;
      track.score = score;
      if (!isPresent) continue;
      track.mask = mask;
      if (track.isDoubtful) continue;
      track.seenFrame = frame;
      track.seenMs = timeMs;
    }
    for (const track of returned) this.#reclaim(track, frame, events);
    this.#endDoubles(events);
    for (const track of this.tracks) {
      if (track.isPresent && others.some((other) => other.iou(track.mask) >= sameIou)) this.#end(track, 'covered', events);
      else if (track.id === null) this.#settle(track, frame, events);
      else if (frame - track.seenFrame >= rules.goneFrames && timeMs - track.seenMs >= rules.goneMs) this.#end(track, 'gone', events);
    }
    return events;
  }

  /** Ends a track for a reason of the caller's. */
  end(key: number, reason: EndReason): RosterEvent[] {
    const events: RosterEvent[] = [];
    const track = this.#tracks.get(key);
    if (track) this.#end(track, reason, events);
    return events;
  }

  #settle(track: RosterTrack, frame: number, events: RosterEvent[]): void {
    if (track.steady >= rules.confirmFrames && !track.isDoubtful) {
      const id = this.#inherit(track, events) ?? this.#nextId++;
      track.id = id;
      events.push({ kind: 'confirmed', key: track.key, id });
    } else if (frame - track.bornFrame >= rules.tentativeFrames) this.#end(track, 'unconfirmed', events);
  }

  /** A newcomer that is where a track was lost goes on with its id: the tracker did not know the thing again. */
  #inherit(newcomer: RosterTrack, events: RosterEvent[]): number | null {
    const lost = this.tracks
      .filter((track) => track.id !== null && !track.isPresent && newcomer.bornFrame > track.seenFrame && isOneClass(track, newcomer))
      .flatMap((track) => {
        const distance = returnDistance(track.mask, newcomer.mask);
        return distance === null ? [] : [{ track, distance }];
      })
      .sort((a, b) => a.distance - b.distance)[0]?.track;
    if (!lost) return null;
    const { id } = lost;
    lost.id = null;
    this.#end(lost, 'reclaimed', events);
    return id;
  }

  /** A track that was lost is back: whoever was born in its place since gives way. */
  #reclaim(track: RosterTrack, frame: number, events: RosterEvent[]): void {
    for (const other of this.tracks) {
      const isYoung = other.key > track.key && (other.id === null || frame - other.bornFrame <= rules.reclaimFrames);
      if (isYoung && other.isPresent && other.mask.iou(track.mask) >= sameIou) this.#end(other, 'reclaimed', events);
    }
  }

  #endDoubles(events: RosterEvent[]): void {
    const present = this.tracks.filter(({ isPresent }) => isPresent);
    for (const [at, older] of present.entries()) {
      for (const younger of present.slice(at + 1)) {
        const pair = `${older.key}:${younger.key}`;
        const overlaps = older.mask.iou(younger.mask) >= rules.doubleIou ? 1 : 0;
        const history = (((this.#overlaps.get(pair) ?? 0) << 1) | overlaps) & ((1 << rules.doubleWindow) - 1);
        if (history === 0) this.#overlaps.delete(pair);
        else this.#overlaps.set(pair, history);
        const frames = [...history.toString(2)].filter((bit) => bit === '1').length;
        // A newcomer need not be looked at for long.
        if (frames >= (younger.id === null ? 2 : rules.doubleFrames)) this.#end(younger, 'double', events);
      }
    }
  }

  #end({ key, id }: RosterTrack, reason: EndReason, events: RosterEvent[]): void {
    if (!this.#tracks.delete(key)) return;
    for (const pair of this.#overlaps.keys()) if (pair.split(':').includes(String(key))) this.#overlaps.delete(pair);
    events.push({ kind: 'ended', key, id, reason });
  }
}

/** What has no name may be anything. */
const isOneClass = (a: RosterTrack, b: RosterTrack): boolean => {
  const [first, second] = [labelOf(a), labelOf(b)];
  return first === null || second === null || first === second;
};

/** The class that most votes name, null without any. */
export const labelOf = ({ votes }: Pick<RosterTrack, 'votes'>): string | null =>
  [...votes].sort(([a, first], [b, second]) => second - first || a.localeCompare(b))[0]?.[0] ?? null;
