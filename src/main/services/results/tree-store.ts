/**
 * What the memories of a session's objects told, and what stands out in their masks: events by frame, counters,
 * switches, doubts and findings, which the review list is made of. A
 * frame that is tracked again has its former events replaced. Which objects there are and where they are prompted is
 * asked of the session, so that undo, cleared prompts and reopened work all count; what was told of a deleted object is
 * there again with it.
 */
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { noTreeEvents, type SessionMemory, type TreeCounters, type TreeEvent } from '../../../shared/memory-tree.ts';
import { leastDoubt, type ReviewFrame } from '../../../shared/review-queue.ts';
import type { MemoryReport } from '../../engine/api/protocol.ts';

/** What stands out on a frame beside the model's doubt. */
export interface FrameFindings {
  /** Pairs of objects with the same mask, and the IoU of both. */
  overlaps: readonly (readonly [a: number, b: number, iou: number])[];
  /** Objects whose mask is somewhere else than on the frame before. */
  jumps: readonly number[];
  /** The first frame of a new shot, where this frame and the one visited before it are of two; null else. */
  cut: number | null;
}
const noFindings: FrameFindings = { overlaps: [], jumps: [], cut: null };

/** What stands out on a frame of one object. */
export interface ObjectFinding {
  overlap?: { other: number; iou: number } | undefined;
  hasJumped?: boolean | undefined;
}

/** What was told when a frame was tracked. */
export interface TreeEntry {
  frame: number;
  /** Objects that were on the frame. */
  objectIds: readonly number[];
  events: readonly TreeEvent[];
  uncertainty: readonly ReviewFrame[];
  amendedFrames: number;
  findings?: FrameFindings | undefined;
  /** What was counted of entries that are not kept any more. */
  counted?: TreeCounters | undefined;
}

/** Where it is kept. */
export interface TreeLog {
  append(entry: TreeEntry): void;
  /** What was kept before, in the order it was told. */
  read(): Iterable<TreeEntry>;
}

/** Doubtful frames remembered; when there are twice as many the surer half is forgotten, so each frame costs little. */
const reviewRoom = 1000;
const shownSwitches = 500;
const eventsPerAnswer = 5000;

/** Findings remembered of an object, the newest: the list is made of them every second while a run is under way. */
const findingRoom = 2000;

/** What the store asks of an object. */
export interface KnownObject {
  readonly id: number;
}

/** What the memories had told at one moment. */
export interface TreeReader {
  readonly counters: TreeCounters;
  /** Events of all objects there are on one frame. */
  eventsOn(frame: number): TreeEvent[];
}

const keyOf = (objectId: number, frame: number): string => `${objectId}:${frame}`;

export class TreeStore implements TreeReader {
  readonly #events = new Map<number, Map<number, TreeEvent[]>>();
  readonly #doubts = new Map<string, ReviewFrame>();
  readonly #switches = new Map<string, { objectId: number; frame: number }>();
  /** By object, then by frame. */
  readonly #findings = new Map<number, Map<number, ObjectFinding>>();
  /** First frames of shots. */
  readonly #cuts = new Set<number>();
  readonly #objects: () => readonly KnownObject[];
  readonly #log: TreeLog | null;
  #counters: TreeCounters = noTreeEvents();
  #revision = 0;
  /** Grows with every change to doubts and findings. */
  #reviewRevision = 0;

  /**
   * @param objects of the session; another list whenever one of them changes
   * @param log keeps it beyond this process; null = nothing does
   */
  constructor(objects: () => readonly KnownObject[], log: TreeLog | null = null) {
    this.#objects = objects;
    for (const entry of log?.read() ?? []) this.#take(entry);
    this.#log = log;
  }

  /** @param objectIds that were on the frame; what was known of them there is replaced */
  put(frame: number, objectIds: readonly number[], { events, uncertainty, amended }: MemoryReport, findings = noFindings): void {
    const doubtful = uncertainty.filter((doubt) => doubt.uncertainty >= leastDoubt);
    const isFound = findings.overlaps.length > 0 || findings.jumps.length > 0 || findings.cut !== null;
    const entry = { frame, objectIds, events, uncertainty: doubtful, amendedFrames: amended.length, ...(isFound && { findings }) };
    this.#take(entry);
    if (objectIds.length + events.length + doubtful.length > 0 || isFound) this.#log?.append(entry);
  }

  #take({ frame, objectIds, events, uncertainty, amendedFrames, findings = noFindings, counted }: TreeEntry): void {
    for (const objectId of objectIds) this.#forget(objectId, frame);
    for (const event of events) {
      this.#counters[event.type]++;
      let frames = this.#events.get(event.objectId);
      if (!frames) {
        frames = new Map();
        this.#events.set(event.objectId, frames);
      }
      // A new list each time: a reader may hold the former one.
      frames.set(event.frame, [...(frames.get(event.frame) ?? []), event]);
      if (event.type === 'switched') this.#switches.set(keyOf(event.objectId, frame), { objectId: event.objectId, frame });
    }
    this.#counters.amendedFrames += amendedFrames;
    for (const [name, times] of Object.entries(counted ?? {})) this.#counters[name as keyof TreeCounters] += times;
    if (events.length > 0) this.#revision++;
    for (const doubt of uncertainty) {
      this.#doubts.set(keyOf(doubt.objectId, doubt.frame), doubt);
      this.#reviewRevision++;
    }
    for (const [a, b, iou] of findings.overlaps) {
      this.#find(a, frame, { overlap: { other: b, iou } });
      this.#find(b, frame, { overlap: { other: a, iou } });
    }
    for (const objectId of findings.jumps) this.#find(objectId, frame, { hasJumped: true });
    if (findings.cut !== null) this.#cuts.add(findings.cut);
    if (this.#doubts.size > 2 * reviewRoom) this.#keepWorst();
  }

  /** By frame; the newest when there are too many. */
  events(objectId: number, from: number, to: number): TreeEvent[] {
    const frames = this.#events.get(objectId);
    if (!frames) return [];
    const inRange = [...frames.keys()].filter((frame) => frame >= from && frame <= to).sort((a, b) => a - b);
    return inRange.flatMap((frame) => frames.get(frame)!).slice(-eventsPerAnswer);
  }

  /** As it is now, whatever is told later. */
  reader(): TreeReader {
    const events = this.#objects().flatMap(({ id }) => {
      const frames = this.#events.get(id);
      return frames ? [new Map(frames)] : [];
    });
    const { counters } = this;
    return { counters, eventsOn: (frame) => events.flatMap((frames) => frames.get(frame) ?? []) };
  }

  eventsOn(frame: number): TreeEvent[] {
    return this.#objects().flatMap(({ id }) => this.#events.get(id)?.get(frame) ?? []);
  }

  /** Grows whenever what the review list is made of changes. */
  get reviewRevision(): number {
    return this.#reviewRevision;
  }

  /** The model's doubt about an object, by frame, in any order. */
  doubts(objectId: number): { frame: number; uncertainty: number }[] {
    return [...this.#doubts.values()].filter((doubt) => doubt.objectId === objectId);
  }

  /** What stands out of an object, by frame. */
  findings(objectId: number): ReadonlyMap<number, ObjectFinding> {
    return this.#findings.get(objectId) ?? new Map();
  }

  /** More than one branch of the object's tree lived on the frame. */
  isSplit(objectId: number, frame: number): boolean {
    return (
      this.#events
        .get(objectId)
        ?.get(frame)
        ?.some(({ type }) => type === 'scored') ?? false
    );
  }

  /** A new shot begins on the frame, or on one of its neighbours. */
  isNearCut(frame: number): boolean {
    return [frame - 1, frame, frame + 1].some((near) => this.#cuts.has(near));
  }

  get counters(): TreeCounters {
    return { ...this.#counters };
  }

  view(settings: MemorySettings): SessionMemory {
    const known = new Set(this.#objects().map(({ id }) => id));
    const switches = [...this.#switches.values()].filter(({ objectId }) => known.has(objectId)).slice(-shownSwitches);
    return { settings, counters: this.counters, switches, revision: this.#revision };
  }

  /** Tells another store all of it under other frame numbers. @param map null = the frame is not there */
  copyTo(other: TreeStore, map: (frame: number) => number | null): void {
    const moved = <T extends { frame: number }>(entry: T): T[] => {
      const frame = map(entry.frame);
      return frame === null ? [] : [{ ...entry, frame }];
    };
    for (const frames of this.#events.values()) {
      for (const [frame, events] of frames) {
        const at = map(frame);
        if (at !== null) other.put(at, [], { events: events.flatMap(moved), uncertainty: [], amended: [] });
      }
    }
    const uncertainty = [...this.#doubts.values()].flatMap(moved);
    if (uncertainty.length > 0) other.put(uncertainty[0]!.frame, [], { events: [], uncertainty, amended: [] });
    for (const [objectId, frames] of this.#findings) {
      for (const [frame, { overlap, hasJumped }] of frames) {
        const at = map(frame);
        if (at === null) continue;
        // Each pair is told once.
        const overlaps = overlap && objectId < overlap.other ? [[objectId, overlap.other, overlap.iou] as const] : [];
        const findings = { overlaps, jumps: hasJumped ? [objectId] : [], cut: null };
        if (overlaps.length + findings.jumps.length > 0) other.put(at, [], { events: [], uncertainty: [], amended: [] }, findings);
      }
    }
    for (const cut of this.#cuts) {
      const at = map(cut);
      if (at !== null) other.put(at, [], { events: [], uncertainty: [], amended: [] }, { ...noFindings, cut: at });
    }
  }

  #forget(objectId: number, frame: number): void {
    if (this.#events.get(objectId)?.delete(frame)) this.#revision++;
    this.#switches.delete(keyOf(objectId, frame));
    if (this.#doubts.delete(keyOf(objectId, frame))) this.#reviewRevision++;
    const own = this.#findings.get(objectId);
    const found = own?.get(frame);
    if (!found) return;
    own?.delete(frame);
    this.#reviewRevision++;
    // The other object's mask is not the same as one that is not there any more.
    const theirs = found.overlap && this.#findings.get(found.overlap.other);
    const { overlap, ...rest } = theirs?.get(frame) ?? {};
    if (overlap?.other === objectId) theirs?.set(frame, rest);
  }

  #find(objectId: number, frame: number, finding: ObjectFinding): void {
    let own = this.#findings.get(objectId);
    if (!own) {
      own = new Map();
      this.#findings.set(objectId, own);
    }
    own.set(frame, { ...own.get(frame), ...finding });
    if (own.size > findingRoom) own.delete(own.keys().next().value!);
    this.#reviewRevision++;
  }

  #keepWorst(): void {
    const worst = [...this.#doubts].sort(([, a], [, b]) => b.uncertainty - a.uncertainty).slice(0, reviewRoom);
    this.#doubts.clear();
    for (const [key, doubt] of worst) this.#doubts.set(key, doubt);
  }
}
