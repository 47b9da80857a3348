/**
 * Keeps an engine process running: starts it, tells when it is lost, and starts it again with growing pauses. It knows
 * nothing of clips; whoever owns the work replays it on `ready`.
 */
import type { MethodOutput } from '../../../shared/contract.ts';
import { AppError } from '../../../shared/errors.ts';
import { type MessageLink, RpcPeer } from '../../common/rpc.ts';
import type { EngineMethods } from '../../engine/api/methods.ts';
import type { EngineEvents } from '../../engine/api/protocol.ts';

/** A started engine process, whatever started it. */
export interface EngineProcess {
  link: MessageLink;
  /** Process id, for tests and diagnostics. */
  pid: number | undefined;
  /** Called once, when the process has ended for whatever reason. */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}

export type SpawnEngine = () => EngineProcess;

export type EnginePeer = RpcPeer<EngineMethods, EngineEvents>;

export type AppUsage = MethodOutput<'app.usage'>;

export interface EngineListener {
  /** A fresh engine is there; resolves when the work has been replayed on it. */
  onReady(peer: EnginePeer, isRestart: boolean): Promise<void>;
  onLost(reason: string): void;
  /** It will not be started again by itself. */
  onFailed(error: AppError): void;
  /**
   * Streams run with nobody there to start it again: it is never given up, only started after longer and longer pauses.
   */
  restartsForEver?(): boolean;
}

const mostRestarts = 5;
const restartWindowMs = 60_000;
const firstPauseMs = 200;
/** Of an engine that is started for ever. */
const longestPauseMs = 300_000;

/** Time, replaced in tests. */
export interface SupervisorClock {
  nowMs(): number;
  /** Calls `work` once, after a pause. @returns calls it off */
  after(pauseMs: number, work: () => void): () => void;
}

const realClock: SupervisorClock = {
  nowMs: () => Date.now(),
  after: (pauseMs, work) => {
    const timer = setTimeout(work, pauseMs);
    return () => clearTimeout(timer);
  },
};

export class EngineSupervisor {
  readonly #spawn: SpawnEngine;
  readonly #listener: EngineListener;
  readonly #clock: SupervisorClock;
  /** When engines were lost within the last minute, in ms. */
  readonly #lostAt: number[] = [];
  #process: EngineProcess | null = null;
  #peer: EnginePeer | null = null;
  #startedMs: number | null = null;
  /** One that ran for a minute before it was lost begins a new row. */
  #lossesInARow = 0;
  /** Why it has given up. */
  #failure: AppError | null = null;
  #closed = false;
  #callOff: () => void = () => {};

  constructor(spawn: SpawnEngine, listener: EngineListener, clock: SupervisorClock = realClock) {
    this.#spawn = spawn;
    this.#listener = listener;
    this.#clock = clock;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * The running engine.
   * @throws AppError `engine-lost` between a crash and the next start, and after too many crashes
   */
  get peer(): EnginePeer {
    if (this.#failure) throw this.#failure;
    if (!this.#peer) throw new AppError('engine-lost', 'The engine is restarting. Try again in a moment. No work was lost.');
    return this.#peer;
  }

  /** What the app uses now. */
  async usage(): Promise<AppUsage> {
    const hostBytes = process.memoryUsage.rss();
    const peer = this.#peer;
    if (!peer) return { hostBytes, engineBytes: null, waiting: 0 };
    const { waiting } = peer;
    const engine = await peer.call('usage', {}).catch(() => null);
    return { hostBytes, engineBytes: engine?.bytes ?? null, waiting };
  }

  /** A client is gone; an engine that is not there has kept nothing for it. */
  forgetViewer(viewer: number): void {
    this.#peer?.call('forgetViewer', { viewer }).catch(() => {});
  }

  start(): Promise<void> {
    return this.#start(false);
  }

  /**
   * Starts a fresh engine in place of the present one, if there is one, and forgets earlier crashes: the way back after
   * it has given up. Resolves when the work has been replayed on it, or could not be, which the listener is told.
   */
  restart(): Promise<void> {
    this.#callOff();
    this.#lostAt.length = 0;
    this.#failure = null;
    const former = this.#process;
    this.#process = null;
    this.#peer?.close(new AppError('engine-lost', 'The engine is being restarted. Your prompts and masks are kept.'));
    this.#peer = null;
    former?.kill();
    return this.#start(true);
  }

  close(): void {
    this.#closed = true;
    this.#callOff();
    this.#peer?.close(new AppError('cancelled', 'The app is closing.'));
    this.#process?.kill();
  }

  async #start(isRestart: boolean): Promise<void> {
    this.#startedMs = this.#clock.nowMs();
    const started = this.#spawn();
    const peer: EnginePeer = new RpcPeer(started.link);
    this.#process = started;
    this.#peer = peer;
    started.onExit((reason) => this.#onExit(started, peer, reason));
    try {
      await this.#listener.onReady(peer, isRestart);
    } catch (error) {
      // Another engine has taken its place.
      if (this.#peer !== peer) return;
      const known = AppError.from(error);
      if (known.code === 'engine-lost' || known.code === 'cancelled') return;
      this.#listener.onFailed(known);
    }
  }

  #onExit(ended: EngineProcess, peer: EnginePeer, reason: string): void {
    peer.close(new AppError('engine-lost', `The engine stopped (${reason}). It is restarting; your prompts and masks are kept.`));
    if (this.#closed || this.#process !== ended) return;
    this.#process = null;
    this.#peer = null;
    this.#listener.onLost(reason);
    const nowMs = this.#clock.nowMs();
    this.#lostAt.push(nowMs);
    while (this.#lostAt[0]! < nowMs - restartWindowMs) this.#lostAt.shift();
    const startedMs = this.#startedMs ?? nowMs;
    this.#lossesInARow = nowMs - startedMs > restartWindowMs ? 1 : this.#lossesInARow + 1;
    if (this.#listener.restartsForEver?.()) {
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(20, this.#lossesInARow - 1));
      this.#callOff = this.#clock.after(pauseMs, () => void this.#start(true));
      return;
    }
    if (this.#lostAt.length > mostRestarts) {
      this.#failure = new AppError(
        'engine-lost',
        `The engine stopped ${this.#lostAt.length} times within a minute (${reason}). Your prompts and masks are kept. Close other programs, then start the engine again.`,
      );
      this.#listener.onFailed(this.#failure);
      return;
    }
    this.#callOff = this.#clock.after(firstPauseMs * 2 ** (this.#lostAt.length - 1), () => void this.#start(true));
  }
}
