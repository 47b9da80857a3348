/**
 * Figures for Prometheus, under the names and with the bucket edges of the plan; edges are appended where this app is
 * slower. Counters come from events and from the counts that streams keep, so they mean what they say.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { StreamState } from '../../../shared/streams.ts';
import type { AppEvent } from './app-event.ts';
import type { EventSink } from './event-bus.ts';

/** What streams count themselves. */
export interface StreamFacts {
  state: StreamState;
  /** Faults by code. */
  faults: Readonly<Record<string, number>>;
}

export interface MetricsDeps {
  facts: () => readonly StreamFacts[];
  modelSize: () => string;
  info: () => { version: string; provider: string };
  freeBytes: () => Promise<number | null>;
  /** Events that sinks have lost. */
  dropped: () => Readonly<Record<string, number>>;
}

const slow = [2.5, 5, 10];
const bucketEdges = {
  frame: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, ...slow],
  inference: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, ...slow],
  confidence: [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99],
};

export class Metrics implements EventSink {
  readonly name = 'metrics';
  readonly registry = new Registry();
  readonly #deps: MetricsDeps;
  /** Of a count that somebody else keeps, what of it is in the counter. */
  readonly #seen = new Map<string, number>();
  #names = new Set<string>();

  constructor(deps: MetricsDeps) {
    this.#deps = deps;
  }

  readonly #active = this.#gauge('video_processor_active_streams', 'Streams that send pictures');
  readonly #frames = this.#counter('video_processor_frames_total', 'Frames by what became of them', ['stream_id', 'status']);
  readonly #frameSeconds = this.#histogram('video_processor_frame_duration_seconds', 'Time of a tracked frame', bucketEdges.frame, [
    'operation',
  ]);
  readonly #fps = this.#gauge('video_processor_fps', 'Frames a second that are tracked', ['stream_id']);
  readonly #objects = this.#counter('video_processor_objects_tracked_total', 'Objects that were seen for the first time');
  readonly #tracks = this.#gauge('video_processor_active_tracks', 'Objects on the newest frame', ['stream_id']);
  readonly #confidence = this.#histogram('video_processor_tracking_confidence', 'Predicted IoU of masks', bucketEdges.confidence);
  readonly #info = this.#gauge('video_processor_system_info', 'Always 1; the labels tell', ['version', 'provider', 'cuda_available']);
  readonly #inference = this.#histogram('sam2_inference_duration_seconds', 'Time in the model of a frame', bucketEdges.inference, [
    'model_size',
    'operation',
  ]);
  readonly #dropped = this.#counter('video_processor_frames_dropped_total', 'Frames that were left out', ['stream_id', 'reason']);
  readonly #reconnects = this.#counter('video_processor_reconnects_total', 'Connections that stood again', ['stream_id']);
  readonly #faults = this.#counter('video_processor_faults_total', 'Faults of streams', ['kind']);
  readonly #ended = this.#counter('video_processor_tracks_ended_total', 'Objects that ended', ['reason']);
  readonly #restarts = this.#counter('video_processor_engine_restarts_total', 'Restarts of the engine');
  readonly #disk = this.#gauge('video_processor_disk_free_bytes', 'Free space where work is kept');
  readonly #lost = this.#counter('video_processor_events_dropped_total', 'Events that a sink was too slow for', ['sink']);

  write(events: readonly AppEvent[]): void {
    for (const event of events) this.#take(event);
  }

  /** As Prometheus reads it. */
  async text(): Promise<string> {
    await this.#look();
    return this.registry.metrics();
  }

  #take(event: AppEvent): void {
    if (event.type === 'object-born') this.#objects.inc();
    if (event.type === 'object-ended') this.#ended.inc({ reason: 'stream_removed' });
    if (event.type === 'engine' && event.state === 'restarting') this.#restarts.inc();
    if (event.type !== 'frame') return;
    const { stream, processingMs, objects } = event;
    this.#frames.inc({ stream_id: stream, status: processingMs === null ? 'shown' : 'processed' });
    if (processingMs === null) return;
    this.#frameSeconds.observe({ operation: 'video_frame_total' }, processingMs / 1000);
    this.#inference.observe({ model_size: this.#deps.modelSize(), operation: 'propagate' }, processingMs / 1000);
    for (const { isPresent, predictedIou } of objects) if (isPresent) this.#confidence.observe(predictedIou);
  }

  async #look(): Promise<void> {
    const facts = this.#deps.facts();
    this.#active.set(facts.filter(({ state }) => state.phase === 'active').length);
    for (const { state, faults } of facts) {
      const { id, name, fps, objects, dropped, reconnects } = state;
      const stream = { stream_id: name };
      this.#fps.set(stream, fps ?? 0);
      this.#tracks.set(stream, objects);
      this.#grow(`${id} dropped`, dropped, (by) => this.#dropped.inc({ ...stream, reason: 'slow' }, by));
      this.#grow(`${id} reconnects`, reconnects, (by) => this.#reconnects.inc(stream, by));
      for (const [kind, count] of Object.entries(faults)) this.#grow(`${id} ${kind}`, count, (by) => this.#faults.inc({ kind }, by));
    }
    for (const [sink, count] of Object.entries(this.#deps.dropped()))
      this.#grow(`sink ${sink}`, count, (by) => this.#lost.inc({ sink }, by));
    this.#forget(facts.map(({ state }) => state));
    const { version, provider } = this.#deps.info();
    this.#info.reset();
    this.#info.set({ version, provider, cuda_available: String(provider === 'cuda') }, 1);
    const free = await this.#deps.freeBytes();
    if (free !== null) this.#disk.set(free);
  }

  /** The series of a stream end with it. */
  #forget(states: readonly StreamState[]): void {
    const names = new Set(states.map(({ name }) => name));
    for (const name of this.#names) {
      if (names.has(name)) continue;
      const stream = { stream_id: name };
      for (const status of ['processed', 'shown']) this.#frames.remove({ ...stream, status });
      this.#fps.remove(stream);
      this.#tracks.remove(stream);
      this.#dropped.remove({ ...stream, reason: 'slow' });
      this.#reconnects.remove(stream);
    }
    this.#names = names;
    const ids = new Set(states.map(({ id }) => id));
    for (const key of this.#seen.keys()) {
      const [id] = key.split(' ', 1);
      if (id !== 'sink' && !ids.has(id!)) this.#seen.delete(key);
    }
  }

  #grow(key: string, count: number, add: (by: number) => void): void {
    const before = this.#seen.get(key) ?? 0;
    this.#seen.set(key, count);
    // Even nothing makes a series, so that a rate has a beginning.
    add(Math.max(0, count - before));
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram(name: string, help: string, buckets: number[], labelNames: string[] = []): Histogram {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }
}
