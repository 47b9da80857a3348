/** Runs one piece of work at a time: those of a session in their order, sessions by their fair share of the time. */
import { FairScheduler } from './fair-scheduler.ts';

interface Piece {
  session: string;
  isUrgent: boolean;
  run: () => Promise<void>;
}

export interface PieceOptions {
  /** Somebody waits for it: it goes before other sessions' work. */
  isUrgent?: boolean;
}

export class InferenceQueue {
  readonly #now: () => number;
  readonly #scheduler = new FairScheduler<Piece>();
  /** What came after work that runs alone, that work first. */
  #later: (Piece | { runAlone: () => Promise<void> })[] = [];
  #running: string | null = null;
  #isRunning = false;

  /** @param now ms of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  run<T>(session: string, work: () => Promise<T>, { isUrgent = false }: PieceOptions = {}): Promise<T> {
    return this.#put(work, (run) => ({ session, isUrgent, run }));
  }

  /** After everything that was given before, and before everything that is given later. */
  runAlone<T>(work: () => Promise<T>): Promise<T> {
    return this.#put(work, (runAlone) => ({ runAlone }));
  }

  /** The session whose work is likely to come next. */
  get likelyNext(): string | null {
    return this.#running === null ? null : this.#scheduler.likelyNext(this.#running);
  }

  /** How much of the time a session gets beside others; 1 by default. */
  setShare(session: string, share: number): void {
    this.#scheduler.setShare(session, share);
  }

  /** A session is closed; its share is forgotten. */
  forget(session: string): void {
    this.#scheduler.forget(session);
  }

  #put<T>(work: () => Promise<T>, entry: (run: () => Promise<void>) => Piece | { runAlone: () => Promise<void> }): Promise<T> {
    return new Promise((resolve, reject) => {
      const added = entry(() => work().then(resolve, reject));
      if (this.#later.length > 0 || 'runAlone' in added) this.#later.push(added);
      else this.#scheduler.add(added.session, added, added.isUrgent);
      if (!this.#isRunning) void this.#loop();
    });
  }

  async #loop(): Promise<void> {
    this.#isRunning = true;
    // What is given in the same turn is there when the first is chosen.
    await null;
    for (;;) {
      const chosen = this.#scheduler.take();
      if (chosen) {
        this.#running = chosen.session;
        const startMs = this.#now();
        await chosen.item.run();
        this.#running = null;
        this.#scheduler.spent(chosen, this.#now() - startMs);
        continue;
      }
      const alone = this.#later.shift();
      if (!alone) break;
      if ('runAlone' in alone) await alone.runAlone();
      else this.#scheduler.add(alone.session, alone, alone.isUrgent);
      this.#admit();
    }
    this.#isRunning = false;
  }

  /** What waited for work that ran alone, up to the next of that kind. */
  #admit(): void {
    while (this.#later.length > 0) {
      const [first] = this.#later;
      if (!first || 'runAlone' in first) return;
      this.#later.shift();
      this.#scheduler.add(first.session, first, first.isUrgent);
    }
  }
}
