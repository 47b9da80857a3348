/**
 * What the memories of a session's objects told: events by frame, counters, switches, and the frames worth a look. A
 * frame that is tracked again has its former events replaced. Which objects there are and where they are prompted is
 * asked of the session, so that undo, cleared prompts and reopened work all count; what was told of a deleted object is
 * there again with it.
 */
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { noTreeEvents, type SessionMemory, type TreeCounters, type TreeEvent } from '../../../shared/memory-tree.ts';
import { leastDoubt, type ReviewFrame, rankReview } from '../../../shared/review-queue.ts';
import type { MemoryReport } from '../../engine/api/protocol.ts';

/** What was told when a frame was tracked. */
export interface TreeEntry {
  frame: number;
  /** Objects that were on the frame. */
  objectIds: readonly number[];
  events: readonly TreeEvent[];
  uncertainty: readonly ReviewFrame[];
  amendedFrames: number;
  /** What was counted of entries that are not kept any more. */
  counted?: TreeCounters | undefined;
}

/** Where it is kept. */
export interface TreeLog {
  append(entry: TreeEntry): void;
  /** What was kept before, in the order it was told. */
  read(): Iterable<TreeEntry>;
}

/** Frames offered for review. */
const reviewLength = 20;
/** Doubtful frames remembered; when there are twice as many the surer half is forgotten, so each frame costs little. */
const reviewRoom = 1000;
const shownSwitches = 500;
const eventsPerAnswer = 5000;

/** What the store asks of an object. */
export interface PromptedObject {
  readonly id: number;
  readonly prompts: readonly { readonly frame: number }[];
}

/** What the memories had told at one moment. */
export interface TreeReader {
  readonly review: readonly ReviewFrame[];
  readonly counters: TreeCounters;
  /** Events of all objects there are on one frame. */
  eventsOn(frame: number): TreeEvent[];
}

const keyOf = (objectId: number, frame: number): string => `${objectId}:${frame}`;

export class TreeStore implements TreeReader {
  readonly #events = new Map<number, Map<number, TreeEvent[]>>();
  readonly #doubts = new Map<string, ReviewFrame>();
  readonly #switches = new Map<string, { objectId: number; frame: number }>();
  readonly #objects: () => readonly PromptedObject[];
  readonly #log: TreeLog | null;
  #counters: TreeCounters = noTreeEvents();
  #revision = 0;
  /** The queue, and the objects it was made for. */
  #review: { of: readonly PromptedObject[]; queue: ReviewFrame[] } | null = null;

  /**
   * @param objects of the session; another list whenever one of them changes
   * @param log keeps it beyond this process; null = nothing does
   */
  constructor(objects: () => readonly PromptedObject[], log: TreeLog | null = null) {
    this.#objects = objects;
    for (const entry of log?.read() ?? []) this.#take(entry);
    this.#log = log;
  }

  /** @param objectIds that were on the frame; what was known of them there is replaced */
  put(frame: number, objectIds: readonly number[], { events, uncertainty, amended }: MemoryReport): void {
    const doubtful = uncertainty.filter((doubt) => doubt.uncertainty >= leastDoubt);
    const entry = { frame, objectIds, events, uncertainty: doubtful, amendedFrames: amended.length };
    this.#take(entry);
    if (objectIds.length + events.length + doubtful.length > 0) this.#log?.append(entry);
  }

  #take({ frame, objectIds, events, uncertainty, amendedFrames, counted }: TreeEntry): void {
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
      this.#review = null;
    }
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
    const { review, counters } = this;
    return { review, counters, eventsOn: (frame) => events.flatMap((frames) => frames.get(frame) ?? []) };
  }

  eventsOn(frame: number): TreeEvent[] {
    return this.#objects().flatMap(({ id }) => this.#events.get(id)?.get(frame) ?? []);
  }

  get review(): ReviewFrame[] {
    const objects = this.#objects();
    if (this.#review?.of !== objects) {
      const prompted = new Map(objects.map(({ id, prompts }) => [id, prompts.map(({ frame }) => frame)]));
      const known = [...this.#doubts.values()].filter(({ objectId }) => prompted.has(objectId));
      this.#review = { of: objects, queue: rankReview(known, reviewLength, prompted) };
    }
    return this.#review.queue;
  }

  get counters(): TreeCounters {
    return { ...this.#counters };
  }

  view(settings: MemorySettings): SessionMemory {
    const known = new Set(this.#objects().map(({ id }) => id));
    const switches = [...this.#switches.values()].filter(({ objectId }) => known.has(objectId)).slice(-shownSwitches);
    return { settings, review: this.review, counters: this.counters, switches, revision: this.#revision };
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
  }

  #forget(objectId: number, frame: number): void {
    if (this.#events.get(objectId)?.delete(frame)) this.#revision++;
    this.#switches.delete(keyOf(objectId, frame));
    if (this.#doubts.delete(keyOf(objectId, frame))) this.#review = null;
  }

  #keepWorst(): void {
    const worst = [...this.#doubts].sort(([, a], [, b]) => b.uncertainty - a.uncertainty).slice(0, reviewRoom);
    this.#doubts.clear();
    for (const [key, doubt] of worst) this.#doubts.set(key, doubt);
  }
}
