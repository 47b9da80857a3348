/**
 * Runs over a session's clip, and what they and a live source give: masks and memories are kept before anybody is told.
 */
import type { TrackDirection } from '../../../shared/contract/tracking.ts';
import { defaultMemorySettings, type MemorySettings } from '../../../shared/memory-settings.ts';
import type { TrackOutcome } from '../../engine/api/media.ts';
import type {
  EngineInput,
  EnginePlanes,
  EngineResult,
  LiveFrameEvent,
  MemoryReport,
  TrackedFrameEvent,
} from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { MaskStore } from '../results/mask-store.ts';
import { MaskWatch } from '../results/mask-watch.ts';
import type { TreeStore } from '../results/tree-store.ts';
import type { SessionEdits } from './session-edits.ts';

export interface TrackRequest {
  direction: TrackDirection;
  from?: number | undefined;
  to?: number | undefined;
  objectIds?: number[] | undefined;
  /** How objects are remembered; default: one path, as SAM 2. */
  memory?: MemorySettings | undefined;
  /** Where a run that was paused goes on; see the engine's protocol. */
  resume?: EngineInput<'track'>['resume'] | undefined;
  /** False when the run is one leg of several: whoever joins them says what they followed. */
  settles?: boolean | undefined;
  /** Told of each frame when its results are kept. */
  onFrame?: ((frame: number) => void) | undefined;
  /** Send pictures to the window, at most this large. */
  display: { width: number; height: number } | null;
}

export interface TrackingDeps {
  sessionId: string;
  engine: () => EnginePeer;
  edits: SessionEdits;
  store: MaskStore;
  trees: TreeStore;
  /** Of the clip, px. */
  size: { width: number; height: number };
  /** To whoever looks at the frame. @param picture null = what is known of its objects alone */
  show(frame: number, picture: EnginePlanes | null): void;
  onChange(): void;
}

export class SessionTracking {
  readonly #deps: TrackingDeps;
  readonly #watch: MaskWatch;
  readonly #onTracked = new Map<string, (event: TrackedFrameEvent) => void>();

  constructor(deps: TrackingDeps) {
    this.#deps = deps;
    this.#watch = new MaskWatch(deps.size);
  }

  async track(runId: string, request: TrackRequest, onProgress: (event: TrackedFrameEvent) => void): Promise<TrackOutcome> {
    const { direction, from, to, objectIds, memory, display } = request;
    const unlocked = this.#deps.edits.trackable(objectIds);
    this.#onTracked.set(runId, onProgress);
    try {
      const outcome = await this.#deps.engine().call('track', {
        sessionId: this.#deps.sessionId,
        runId,
        direction,
        from: from ?? null,
        to: to ?? null,
        objectIds: unlocked.map(({ id }) => id),
        memory: memory ?? defaultMemorySettings,
        resume: request.resume ?? null,
        display,
      });
      if (outcome.state === 'done' && request.settles !== false) this.#deps.edits.settle(unlocked);
      return outcome;
    } finally {
      this.#onTracked.delete(runId);
    }
  }

  /** A frame came out of a running track; its results are kept before anybody is told. */
  onTrackedFrame(event: TrackedFrameEvent): void {
    const onProgress = this.#onTracked.get(event.runId);
    if (!onProgress) return;
    this.#keep(event, event.isCut ? event.frame + (event.reverse ? 1 : 0) : null);
    onProgress(event);
    this.#deps.onChange();
  }

  /** A live source has a new frame, or an earlier one was tracked again. */
  onLiveFrame(event: LiveFrameEvent): void {
    this.#keep(event, null);
    // Whoever looks at the earlier moment sees its masks.
    if (!event.isNew && event.results.length > 0) this.#deps.show(event.frame, null);
    this.#deps.onChange();
  }

  /** @param cut the first frame of a new shot, where one was passed */
  #keep(event: { frame: number; results: EngineResult[]; memory: MemoryReport; picture: EnginePlanes | null }, cut: number | null): void {
    const { frame, memory, picture } = event;
    const isKnown = ({ objectId }: { objectId: number }): boolean => this.#deps.edits.has(objectId);
    const results = event.results.filter(isKnown);
    const amended = memory.amended.filter(({ result }) => isKnown(result));
    this.#deps.store.batch(() => {
      for (const result of results) this.#deps.store.put(frame, result);
      for (const { frame: earlier, result } of amended) this.#deps.store.put(earlier, result);
    });
    this.#deps.trees.put(
      frame,
      results.map(({ objectId }) => objectId),
      memory,
      this.#watch.watch(frame, results, cut),
    );
    for (const earlier of new Set(amended.map((entry) => entry.frame))) this.#deps.show(earlier, null);
    if (picture) this.#deps.show(frame, picture);
  }
}
