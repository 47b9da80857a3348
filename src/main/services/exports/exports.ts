/** Exports as operations of the app: one a session at a time, each into a folder of its own. */
import { AppError } from '../../../shared/errors.ts';
import type { Operations } from '../base/operations.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { SessionService } from '../session/session-service.ts';
import { VideoSizes } from './export-estimate.ts';
import type { EngineExportListener } from './export-run.ts';
import { type ExportChoice, exportFolderName, exportSession, freshFolder } from './export-service.ts';

export interface ExportsDeps {
  operations: Operations;
  appVersion: string;
  engine: () => EnginePeer;
  cancelRun: (id: string) => void;
  /** Exports without a folder of their own go to a new folder under this one. */
  root: () => string;
  /** Address of a written file for a client that can't open paths; null on the desktop. */
  outputUrl: (operationId: string, name: string) => string | null;
}

export class Exports {
  readonly sizes: VideoSizes;
  readonly #deps: ExportsDeps;
  readonly #listeners = new Map<string, EngineExportListener>();

  constructor(deps: ExportsDeps) {
    this.#deps = deps;
    this.sizes = new VideoSizes(deps.engine);
  }

  /** Hears what an engine tells of exports. */
  attach(peer: EnginePeer): void {
    peer.on('exportProgress', (event) => this.#listeners.get(event.runId)?.onProgress(event));
    peer.on('exportNeeds', (event) => this.#listeners.get(event.runId)?.onNeeds(event));
  }

  /** Exports without a folder of their own go to a new folder under this one. */
  get root(): string {
    return this.#deps.root();
  }

  /**
   * @returns the operation's id
   * @throws AppError `busy` while another export of this session runs, and while it is live
   */
  start(session: SessionService, request: ExportChoice): string {
    const { operations, appVersion, engine, cancelRun, outputUrl } = this.#deps;
    session.requireClip('You can export');
    if (operations.isRunning('export', session.id))
      throw new AppError('busy', 'An export is already running. Cancel it first, or wait until it is done.');
    const { directory, parent, folderName, ...rest } = request;
    const folder = directory ?? freshFolder(parent ?? this.root, folderName ?? exportFolderName(session.path, new Date()));
    const ending = new AbortController();
    return operations.start(
      'export',
      'Export',
      (running) =>
        exportSession(
          session,
          { partial: false, ...rest, memory: session.memory, directory: folder },
          {
            id: running.id,
            appVersion,
            engine,
            signal: ending.signal,
            onWritten: (file) => running.addOutput({ ...file, url: outputUrl(running.id, file.name) }),
            onProgress: (...progress) => running.progress(...progress),
            listen: (listener) => (listener ? this.#listeners.set(running.id, listener) : this.#listeners.delete(running.id)),
          },
        ),
      (id) => {
        ending.abort();
        // Else the engine is told to end properly.
        if (!request.keepsPartial) cancelRun(id);
      },
      { sessionId: session.id },
    );
  }
}
