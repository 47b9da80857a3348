/** Streams over an engine that does what the test says, on a clock that the test moves: days pass in a moment. */
import { join } from 'node:path';
import { defaultMemorySettings } from '../../../../shared/memory-settings.ts';
import { streamConfigSchema, streamProfiles } from '../../../../shared/streams.ts';
import type { EngineResult } from '../../../engine/api/protocol.ts';
import type { EnginePeer } from '../../engine-link/engine-supervisor.ts';
import type { ObjectRecord } from '../../session/object-list.ts';
import type { SessionWork } from '../../session/session-deps.ts';
import type { SessionService } from '../../session/session-service.ts';
import { connecting } from '../live-entry.ts';
import { type StreamRules, streamRules } from '../stream-lifecycle.ts';
import { StreamService, type StreamServiceDeps } from '../stream-service.ts';
import { MemoryStreams } from '../stream-store.ts';

const size = { width: 64, height: 36 };
/** A mask of the whole first column, as COCO compressed counts. */
const counts = '0T1';

const resultOf = (objectId: number, area: number): EngineResult => ({
  ...{ objectId, counts, box: null, area, predictedIou: 0.9, objectLogit: 1, prompted: false },
  overlay: { objectId, width: 1, height: 1, scale: 1, predictedIou: 0.9, objectLogit: 1, logits: new Int8Array(1) },
});

interface Open {
  sessionId: string;
  frames: number;
}

export class ScriptedStreams {
  readonly service: StreamService;
  /** ms of the monotonic clock, and of the wall. */
  nowMs = 0;
  wallMs = 1_700_000_000_000;
  isReady = true;
  freeBytes: number | null = null;
  readonly said: string[] = [];
  readonly shown = new Map<string, boolean>();
  readonly sessions = new Set<string>();
  /** Masks that were given as prompts: session, object, frame. */
  readonly prompted: { sessionId: string; objectId: number; frame: number }[] = [];
  modelLoads = 0;
  /** Live sessions of the engine, in the order they were begun. */
  readonly open = new Map<string, Open>();

  constructor(folder: string, lifeRules?: StreamRules) {
    const engine = {
      call: async (method: string, input: { sessionId: string }): Promise<object> => {
        if (method === 'liveStart') this.open.set(input.sessionId, { sessionId: input.sessionId, frames: 0 });
        if (method === 'liveStop') this.open.delete(input.sessionId);
        return {};
      },
    } as unknown as EnginePeer;
    const deps: StreamServiceDeps = {
      folder: join(folder, 'streams'),
      store: new MemoryStreams(),
      engine: () => engine,
      isReady: () => this.isReady,
      settings: () => ({
        ...{ bufferBytes: 1e6, bufferFrames: 30, memory: defaultMemorySettings, display: size, tracker: 'sam2_realtime' },
        ...{ targets: streamProfiles.balanced, life: streamRules },
      }),
      openSession: async (sessionId, _title, _media, work, _link, takesOver) => {
        if (takesOver) this.sessions.delete(takesOver.id);
        this.sessions.add(sessionId);
        return this.#session(sessionId, work);
      },
      closeSession: async (sessionId) => void this.sessions.delete(sessionId),
      setShown: (sessionId, isShown) => void this.shown.set(sessionId, isShown),
      now: () => this.nowMs,
      wallNow: () => this.wallMs,
      onOutOfMemory: () => void this.modelLoads++,
      freeBytes: async () => this.freeBytes,
      openChapter: async () => 'opened',
      onChange: () => {},
      touch: () => {},
      lifeRules,
      tell: (_, text) => {
        if (this.said.push(text) > 100) this.said.shift();
      },
    };
    this.service = new StreamService(deps);
  }

  add(name: string, change: object = {}): string {
    const source = { kind: 'network' as const, url: 'rtsp://127.0.0.1/x' };
    return this.service.add(streamConfigSchema.parse({ name, source, ...change }));
  }

  state(id: string) {
    return this.service.states.find((state) => state.id === id)!;
  }

  /** Time passes, a second at a time at most, and what follows from it is done. */
  async pass(ms: number, stepMs = 1_000): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      const step = Math.min(left, stepMs);
      this.nowMs += step;
      this.wallMs += step;
      this.service.tick();
      await this.service.settled();
    }
  }

  /** Each live session of the engine has a frame, with these objects on it. */
  async frame(objectIds: readonly number[] = []): Promise<void> {
    for (const live of [...this.open.values()]) {
      const { sessionId } = live;
      const described = { codec: 'h264', colorSpace: 'bt709' as const, fullRange: false, hasAudio: false };
      if (live.frames === 0) this.service.onMedia({ sessionId, ...size, ...described });
      const frame = live.frames++;
      const results = objectIds.map((id) => resultOf(id, 36));
      const memory = { uncertainty: [], events: [], amended: [] };
      this.service.onFrame({ sessionId, frame, timeMs: frame * 40, isNew: true, picture: null, results, memory, processingMs: 5 });
      this.report(sessionId, { phase: 'live', buffer: { from: 0, to: frame }, isTracking: true });
    }
    await this.service.settled();
  }

  report(sessionId: string, change: object, isOver = false): void {
    this.service.onReport({ sessionId, state: { ...connecting('x'), ...change }, isOver });
  }

  /** The least of a session that streams use. */
  #session(sessionId: string, work: SessionWork): SessionService {
    let objects: ObjectRecord[] = [...work.kept.objects];
    let nextId = work.kept.nextId;
    const edits = {
      get list() {
        return objects;
      },
      get work() {
        return { ...work.kept, objects, nextId };
      },
      addObject: (name: string) => {
        const id = nextId++;
        const own = { id, name, color: '#ff0000', visible: true, solo: false, locked: false, maskKey: id, prompts: [] };
        objects = [...objects, own];
        return id;
      },
      setMask: async (objectId: number, frame: number) => void this.prompted.push({ sessionId, objectId, frame }),
      setPoints: async (objectId: number, frame: number) => void this.prompted.push({ sessionId, objectId, frame }),
    };
    return { id: sessionId, edits, onLiveFrame: () => {} } as unknown as SessionService;
  }
}
