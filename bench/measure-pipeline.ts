/** One measured track run of the whole pipeline: decode, infer, encode results. */
import type { TrackedFrameEvent } from '../src/main/engine/api/protocol.ts';
import type { SessionService } from '../src/main/services/session/session-service.ts';
import type { MemorySettings } from '../src/shared/memory-settings.ts';

export const graphOrder = ['imageEncoder', 'memoryAttention', 'maskDecoder', 'memoryEncoder'] as const;

export interface PipelineRun {
  objects: number;
  framesPerSecond: number;
  /** ms a frame, steady. */
  frameMs: number;
  /** Share of the steady time in which no graph runs, 0..1. */
  outsideShare: number;
  /** ms a frame and graph, steady; graphs may run beside each other. */
  graphs: Record<(typeof graphOrder)[number], number>;
}

/**
 * Places spread over the frame: what a click hits does not matter for speed. The same five as in
 * models/parity/time_official.py.
 */
const places = [
  [0.45, 0.53],
  [0.1, 0.45],
  [0.7, 0.5],
  [0.5, 0.2],
  [0.25, 0.75],
] as const;

/** Clicks until the session has this many objects. */
export const ensureObjects = async (session: SessionService, objects: number): Promise<void> => {
  const { width, height } = session.media;
  for (let i = session.objects.length; i < objects; i++) {
    const [x, y] = places[i]!;
    await session.edits.setPoints(session.edits.addObject(), 0, [{ x: x * width, y: y * height, label: 1 }], null);
  }
};

/**
 * @param warm frames at the start that fill the memory and are not counted
 * @param memory one path by default
 */
export const measureRun = async (session: SessionService, warm: number, memory?: MemorySettings): Promise<PipelineRun> => {
  const events: TrackedFrameEvent[] = [];
  const times: number[] = [];
  const start = performance.now();
  await session.track(`bench-${Math.random()}`, { direction: 'forward', display: null, ...(memory && { memory }) }, (event) => {
    events.push(event);
    times.push(performance.now());
  });
  const elapsed = performance.now() - start;
  const steady = events.slice(warm);
  const sum = (pick: (event: TrackedFrameEvent) => number): number => steady.reduce((total, event) => total + pick(event), 0);
  const wall = times.at(-1)! - times[warm - 1]!;
  const inside = sum(({ timings }) => timings.inside);
  const graphs = Object.fromEntries(graphOrder.map((name) => [name, sum(({ timings }) => timings[name]) / steady.length]));
  return {
    objects: session.objects.length,
    framesPerSecond: (events.length * 1000) / elapsed,
    frameMs: wall / steady.length,
    outsideShare: Math.max(0, 1 - inside / wall),
    graphs: graphs as PipelineRun['graphs'],
  };
};

/** The run of median speed. */
export const medianRun = (runs: readonly PipelineRun[]): PipelineRun =>
  [...runs].sort((a, b) => a.framesPerSecond - b.framesPerSecond)[Math.floor(runs.length / 2)]!;
