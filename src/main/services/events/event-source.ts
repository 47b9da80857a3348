/** Makes events of what the engine tells and of how the streams are. */
import type { StreamState } from '../../../shared/streams.ts';
import type { EngineEvents, EngineResult } from '../../engine/api/protocol.ts';
import { type AppEvent, withoutCredentials } from './app-event.ts';
import type { EventBus } from './event-bus.ts';
import { ObjectLives } from './object-lives.ts';

export interface WatchedStreams {
  /** The name of the stream that a session is of; null where it is of none. */
  nameOf(sessionId: string): string | null;
  readonly states: readonly StreamState[];
}

const shownOf = ({ objectId, objectLogit, area, predictedIou }: EngineResult) => ({
  id: objectId,
  isPresent: objectLogit > 0 && area > 0,
  predictedIou,
  area,
});

export class EventSource {
  readonly #bus: EventBus;
  readonly #streams: WatchedStreams;
  readonly #now: () => number;
  readonly #lives = new ObjectLives();
  /** When the last fault of each stream was, as far as it was told. */
  readonly #told = new Map<string, number>();

  constructor(bus: EventBus, streams: WatchedStreams, now: () => number = Date.now) {
    this.#bus = bus;
    this.#streams = streams;
    this.#now = now;
  }

  onMedia(): void {}

  onFrame({ sessionId, frame, isNew, processingMs, results }: EngineEvents['liveFrame']): void {
    if (isNew) this.#frame(this.#streams.nameOf(sessionId) ?? 'live', frame, processingMs, results);
  }

  onTrackedFrame({ frame, workerMs, results }: EngineEvents['trackedFrame']): void {
    this.#frame('clip', frame, workerMs, results, false);
  }

  /** To be called when the streams have taken the report in. */
  onReport(): void {
    if (this.#bus.isIdle) return;
    const { states } = this.#streams;
    for (const { name, lastFault } of states) {
      if (!lastFault || this.#told.get(name) === lastFault.atMs) continue;
      this.#told.set(name, lastFault.atMs);
      const { code, message, atMs } = lastFault;
      this.#bus.publish({ type: 'fault', stream: name, code, message: withoutCredentials(message), atMs });
    }
    this.forget(new Set(states.map(({ name }) => name)));
  }

  /** Streams that are gone take their objects with them. @param names of those that are there */
  forget(names: ReadonlySet<string>): void {
    for (const stream of this.#lives.streams) {
      if (stream === 'live' || stream === 'clip' || names.has(stream)) continue;
      this.#told.delete(stream);
      for (const objectId of this.#lives.end(stream)) this.#tell({ type: 'object-ended', stream, objectId });
    }
  }

  onRun(kind: string, state: string, frames: number): void {
    this.#tell({ type: 'run', kind, state, frames });
  }

  onEngine(state: string): void {
    this.#tell({ type: 'engine', state });
  }

  #frame(stream: string, frame: number, processingMs: number | null, results: readonly EngineResult[], hasLives = true): void {
    if (this.#bus.isIdle) return;
    const objects = results.map(shownOf);
    this.#tell({ type: 'frame', stream, frame, processingMs, objects });
    if (!hasLives) return;
    for (const { id, turn } of this.#lives.onFrame(stream, objects)) this.#tell({ type: turn, stream, objectId: id });
  }

  #tell(event: DistributiveOmit<AppEvent, 'atMs'>): void {
    if (!this.#bus.isIdle) this.#bus.publish({ ...event, atMs: this.#now() });
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
