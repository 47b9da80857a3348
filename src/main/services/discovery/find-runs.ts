/**
 * "Find objects" as an operation of the app: one a session at a time. What was found becomes objects at its end, as one
 * step of undo.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { detectorManifestSchema } from '../../../shared/detector-manifest.ts';
import type { DiscoverySettings } from '../../../shared/discovery.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineEvents, FoundFrameEvent } from '../../engine/api/protocol.ts';
import type { Notices } from '../base/notices.ts';
import type { Operations, RunningOperation } from '../base/operations.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { ModelService } from '../models/model-service.ts';
import { checkFrame } from '../session/check-prompt.ts';
import type { SessionService } from '../session/session-service.ts';
import { FoundCollector } from './found-collector.ts';
import { LiveFound } from './live-found.ts';

/** The bundle in the folder of models. */
const detectorBundle = 'coco-centernet/bundle';

const usualFps = 15;

/** Of a class that no detector knows, so many that begin alike are named. */
const mostAlike = 5;

export interface FindRequest {
  settings: DiscoverySettings;
  /** Inclusive; the whole clip by default. */
  from?: number | undefined;
  to?: number | undefined;
  /** Of a live source: pictures a second that are wanted, 15 by default. */
  targetFps?: number | undefined;
}

export interface FindRunsDeps {
  operations: Operations;
  models: ModelService;
  notices: Notices;
  engine: () => EnginePeer;
  modelsDir: string;
  cancelRun: (id: string) => void;
}

interface Listener {
  onFrame(event: FoundFrameEvent): void;
  onNeeds(event: EngineEvents['findNeeds']): void;
}

export class FindRuns {
  readonly #deps: FindRunsDeps;
  readonly #listeners = new Map<string, Listener>();

  constructor(deps: FindRunsDeps) {
    this.#deps = deps;
  }

  /** Hears what an engine tells of searches. */
  attach(peer: EnginePeer): void {
    peer.on('foundFrame', (event) => this.#listeners.get(event.runId)?.onFrame(event));
    peer.on('findNeeds', (event) => this.#listeners.get(event.runId)?.onNeeds(event));
  }

  /**
   * Names of the classes that the detector knows; none where it is not installed.
   * @throws AppError when its manifest is broken
   */
  async classes(): Promise<string[]> {
    try {
      const text = await readFile(join(this.#deps.modelsDir, detectorBundle, 'manifest.json'), 'utf8');
      return detectorManifestSchema.parse(JSON.parse(text)).classes;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /** @throws AppError `bad-request` for a class that the detector does not know */
  async checkClasses(wanted: readonly string[] | null): Promise<void> {
    if (!wanted) return;
    const known = await this.classes();
    const unknown = wanted.find((name) => !known.includes(name));
    if (unknown === undefined) return;
    if (known.length === 0)
      throw new AppError('bad-request', 'No detector is installed, so classes have no names. Search without classes.');
    const alike = known.filter((name) => name.startsWith(unknown.slice(0, 2))).slice(0, mostAlike);
    const hint = alike.length > 0 ? `Classes that begin alike: ${alike.join(', ')}.` : `It knows ${known.length}, such as ${known[0]}.`;
    throw new AppError('bad-request', `The detector knows no class "${unknown}". ${hint}`);
  }

  /**
   * On a live source it goes on until it is cancelled or the source ends, and what is found appears as it comes.
   * @returns the operation's id
   * @throws AppError `busy` while tracking, another search or a change of the model is under way;
   *   `prompt-outside-frame` for frames that the clip does not have
   */
  start(session: SessionService, { settings, from, to, targetFps = usualFps }: FindRequest): string {
    const { operations, models, cancelRun } = this.#deps;
    models.requireIdle();
    for (const [kind, name] of [
      ['find', 'A search for objects'],
      ['track', 'Tracking'],
    ] as const) {
      if (operations.isRunning(kind, session.id))
        throw new AppError('busy', `${name} is already running. Cancel it first, or wait until it is done.`);
    }
    if (session.isLive)
      return operations.start('find', 'Find objects', (running) => this.#runLive(session, running, settings, targetFps), cancelRun, {
        sessionId: session.id,
      });
    const range = { from: from ?? 0, to: to ?? session.media.frameCount - 1 };
    checkFrame(range.from, session.media);
    checkFrame(range.to, session.media);
    if (range.from > range.to) throw new AppError('bad-request', 'The first frame of the search lies behind the last one. Exchange them.');
    return operations.start('find', 'Find objects', (running) => this.#run(session, running, settings, range), cancelRun, {
      sessionId: session.id,
    });
  }

  async #run(
    session: SessionService,
    running: RunningOperation,
    settings: DiscoverySettings,
    range: { from: number; to: number },
  ): Promise<'done' | 'cancelled'> {
    const { engine, modelsDir, notices } = this.#deps;
    const found = new FoundCollector();
    const peer = engine();
    this.#listeners.set(running.id, {
      onFrame: (event) => {
        found.take(event);
        running.progress(event.done, event.total);
      },
      onNeeds: ({ runId, from, to }) => {
        const ids = session.objects.map(({ id }) => id);
        const frames = Array.from({ length: to - from + 1 }, (_, i) => ({
          frame: from + i,
          masks: ids.flatMap((id): [number, string][] => {
            const mask = session.store.get(id, from + i);
            return mask ? [[id, mask.counts]] : [];
          }),
        }));
        peer.call('findMasks', { runId, from, frames }).catch(() => {});
      },
    });
    try {
      await session.ready();
      const { state, warning } = await peer.call('find', {
        sessionId: session.id,
        runId: running.id,
        ...range,
        settings,
        detectorDir: join(modelsDir, detectorBundle),
        hasOthers: session.objects.length > 0,
        targetFps: usualFps,
      });
      if (warning) notices.add('warning', warning);
      return state;
    } finally {
      this.#listeners.delete(running.id);
      // What was found until somebody ended the search is kept.
      await session.edits.addFound(found.objects(settings));
    }
  }

  async #runLive(
    session: SessionService,
    running: RunningOperation,
    settings: DiscoverySettings,
    targetFps: number,
  ): Promise<'done' | 'cancelled'> {
    const { engine, modelsDir, notices } = this.#deps;
    const peer = engine();
    const runId = running.id;
    const found = new LiveFound({
      settings,
      objects: () => session.edits.list,
      add: (one) => session.edits.addAutomatic([one])[0]!,
      put: (frame, results, memory) =>
        session.onLiveFrame({
          ...{ sessionId: session.id, frame, timeMs: 0, isNew: false, picture: null, processingMs: null },
          results,
          memory,
        }),
      release: (ids) => void peer.call('releaseFound', { runId, ids }).catch(() => {}),
    });
    this.#listeners.set(runId, {
      onFrame: (event) => {
        found.take(event);
        running.progress(event.done, 0);
      },
      onNeeds: () => {},
    });
    try {
      const { state, warning } = await peer.call('find', {
        ...{ sessionId: session.id, runId, settings, targetFps, from: 0, to: 0 },
        ...{ detectorDir: join(modelsDir, detectorBundle), hasOthers: false },
      });
      if (warning) notices.add('warning', warning);
      return state;
    } finally {
      this.#listeners.delete(runId);
    }
  }
}
