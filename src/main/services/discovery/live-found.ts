/**
 * What a search finds on a live source, as it comes: a track that was seen long enough becomes an object, and its masks
 * go on being the search's until the user says something of the object. Then it is theirs.
 */
import type { DiscoverySettings } from '../../../shared/discovery.ts';
import type { EngineResult, FoundFrameEvent, MemoryReport } from '../../engine/api/protocol.ts';
import type { FoundObject } from '../session/found-objects.ts';
import type { ObjectRecord } from '../session/object-list.ts';

export interface LiveFoundDeps {
  settings: Pick<DiscoverySettings, 'minFrames' | 'classes'>;
  objects: () => readonly ObjectRecord[];
  add: (found: FoundObject) => ObjectRecord;
  /** Stores masks of a frame and shows them. */
  put: (frame: number, results: EngineResult[], memory: MemoryReport) => void;
  /** The search is to leave these tracks alone: their objects are the user's. */
  release: (trackIds: number[]) => void;
}

/** Nothing is known of the memory of a search. */
const noMemory: MemoryReport = { uncertainty: [], events: [], amended: [] };

/** Results kept of a track that is no object yet, or of no class that is wanted. */
const mostWaiting = 100;

interface Shown {
  objectId: number;
  /** As the search made them; the user's are others. */
  prompts: ObjectRecord['prompts'];
}

export class LiveFound {
  readonly #deps: LiveFoundDeps;
  /** By track, until it was seen on enough frames. */
  readonly #waiting = new Map<number, { frame: number; result: EngineResult }[]>();
  readonly #shown = new Map<number, Shown>();
  /** Tracks of objects that the user has taken over. */
  readonly #released = new Set<number>();

  constructor(deps: LiveFoundDeps) {
    this.#deps = deps;
  }

  take({ tracks, results }: Pick<FoundFrameEvent, 'tracks' | 'results'>): void {
    this.#giveAway();
    for (const one of results) {
      const { objectId: trackId, area } = one.result;
      if (area === 0 || this.#released.has(trackId)) continue;
      const shown = this.#shown.get(trackId);
      if (shown) this.#put(one.frame, one.result, shown.objectId);
      else this.#wait(trackId, one);
    }
    for (const track of tracks) this.#show(track);
    this.#forget(tracks);
  }

  /** What the user prompted or protected is theirs. */
  #giveAway(): void {
    const byId = new Map(this.#deps.objects().map((object) => [object.id, object]));
    const given = [...this.#shown].filter(([, { objectId, prompts }]) => {
      const object = byId.get(objectId);
      return object !== undefined && (object.locked || object.prompts !== prompts);
    });
    for (const [trackId] of given) {
      this.#shown.delete(trackId);
      this.#released.add(trackId);
    }
    if (given.length > 0) this.#deps.release(given.map(([trackId]) => trackId));
  }

  #wait(trackId: number, one: { frame: number; result: EngineResult }): void {
    this.#waiting.set(trackId, [...(this.#waiting.get(trackId) ?? []), one].slice(-mostWaiting));
  }

  #show({ id, label, source, score }: FoundFrameEvent['tracks'][number]): void {
    const { minFrames, classes } = this.#deps.settings;
    const waiting = this.#waiting.get(id);
    if (!waiting || waiting.length < Math.min(minFrames, mostWaiting)) return;
    if (classes && (label === null || !classes.includes(label))) return;
    this.#waiting.delete(id);
    const [first] = waiting;
    const box = first!.result.box;
    const place = box && { frame: first!.frame, box: { x: box[0], y: box[1], width: box[2], height: box[3] } };
    const found = { label, source, score, isAuto: true, ...(place && { place }) };
    const { id: objectId, prompts } = this.#deps.add({ found, results: waiting });
    this.#shown.set(id, { objectId, prompts });
    for (const { frame, result } of waiting) this.#put(frame, result, objectId);
  }

  #put(frame: number, result: EngineResult, objectId: number): void {
    const { overlay } = result;
    this.#deps.put(frame, [{ ...result, objectId, overlay: { ...overlay, objectId } }], noMemory);
  }

  /** Tracks that have ended never come again. */
  #forget(tracks: FoundFrameEvent['tracks']): void {
    const alive = new Set(tracks.map(({ id }) => id));
    for (const held of [this.#waiting, this.#shown, this.#released]) {
      for (const id of held.keys()) if (!alive.has(id)) held.delete(id);
    }
  }
}
