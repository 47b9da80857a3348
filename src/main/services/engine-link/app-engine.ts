/** The app's engine and what is told of it: starting, ready, restarting, or failed and why. */
import type { AppState } from '../../../shared/contract/state.ts';
import type { AppError } from '../../../shared/errors.ts';
import {
  type AppUsage,
  type EngineListener,
  type EnginePeer,
  EngineSupervisor,
  type SpawnEngine,
  type SupervisorClock,
} from './engine-supervisor.ts';

export interface EngineOwner {
  /** A fresh engine is there; resolves when the work has been replayed on it. */
  onReady(peer: EnginePeer, isRestart: boolean): Promise<void>;
  /** Its state is another. */
  onState(state: AppState['engine']): void;
  /** It is never given up. */
  restartsForEver?(): boolean;
}

export class AppEngine {
  readonly #owner: EngineOwner;
  readonly #supervisor: EngineSupervisor;
  #state: AppState['engine'] = { state: 'starting', message: null };
  #error: AppError | null = null;

  constructor(spawn: SpawnEngine, owner: EngineOwner, clock?: SupervisorClock) {
    this.#owner = owner;
    const listener: EngineListener = {
      onReady: (peer, isRestart) => owner.onReady(peer, isRestart),
      onLost: (reason) =>
        this.tell('restarting', `The engine stopped (${reason}) and is being restarted. Your prompts and masks are kept.`),
      onFailed: (error) => {
        this.#error = error;
        this.tell('failed', error.message);
      },
      restartsForEver: () => owner.restartsForEver?.() ?? false,
    };
    this.#supervisor = new EngineSupervisor(spawn, listener, clock);
  }

  get state(): AppState['engine'] {
    return this.#state;
  }

  /**
   * The running engine.
   * @throws AppError `engine-lost` between a crash and the next start, and after too many crashes
   */
  get peer(): EnginePeer {
    return this.#supervisor.peer;
  }

  /** Process id, for tests and diagnostics. */
  get pid(): number | undefined {
    return this.#supervisor.pid;
  }

  /** @throws AppError why the engine or the model can't be used */
  require(): void {
    if (this.#error) throw this.#error;
  }

  start(): Promise<void> {
    return this.#supervisor.start();
  }

  /** Starts an engine that has failed again. One that runs or is being started is left alone. */
  async restart(): Promise<void> {
    if (this.#state.state !== 'failed') return;
    this.#error = null;
    this.tell('starting', null);
    await this.#supervisor.restart();
  }

  tell(state: AppState['engine']['state'], message: string | null): void {
    if (state === 'ready') this.#error = null;
    this.#state = { state, message };
    this.#owner.onState(this.#state);
  }

  usage(): Promise<AppUsage> {
    return this.#supervisor.usage();
  }

  forgetViewer(viewer: number): void {
    this.#supervisor.forgetViewer(viewer);
  }

  /** @param sessionIds those whose prompts go first; null: all alike */
  setForeground(sessionIds: readonly string[] | null): void {
    try {
      this.peer.call('setForeground', { sessionIds: sessionIds && [...sessionIds] }).catch(() => {});
    } catch {
      // An engine that starts is told when it is ready.
    }
  }

  cancelRun(runId: string): void {
    try {
      this.peer.call('cancel', { runId }).catch(() => {});
    } catch {
      // Without an engine there is nothing left to cancel.
    }
  }

  close(): void {
    this.#supervisor.close();
  }
}
