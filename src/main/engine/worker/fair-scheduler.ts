/**
 * Whose work comes next: deficit round robin over sessions, by the time their work took. A round gives every session
 * the same time. What a job costs is known only afterwards, so a session may overdraw by one job and pays that back in
 * later rounds. Over any time in which two sessions always have work, what they got differs by at most `quantumMs` and
 * the dearest job; where they have shares, what they got divided by their shares does.
 *
 * Urgent work goes first, with what its session has queued before it: within a session the order never changes.
 */

/** Time a round gives each session. Less than a frame of most models, so that sessions take turns frame by frame. */
export const quantumMs = 20;
/**
 * Urgent work puts its session no deeper than this into debt: somebody who clicks a lot still sees their own clip
 * tracked.
 */
export const mostUrgentDebtMs = 500;

export interface Chosen<T> {
  session: string;
  item: T;
  isUrgent: boolean;
}

interface Queued<T> {
  item: T;
  /** Order of arrival over all sessions; only of urgent items. */
  urgent: number | null;
}

interface Session<T> {
  queue: Queued<T>[];
  /** What is left of the rounds so far, ms; negative when overdrawn. */
  balanceMs: number;
  /** Cost of its last job. */
  lastCostMs: number;
}

export class FairScheduler<T> {
  readonly #sessions = new Map<string, Session<T>>();
  /** The session whose turn it is; it goes on while it has time left. */
  #turn: string | null = null;
  #arrivals = 0;
  readonly #shares = new Map<string, number>();

  get isEmpty(): boolean {
    return [...this.#sessions.values()].every(({ queue }) => queue.length === 0);
  }

  add(session: string, item: T, isUrgent = false): void {
    const own = this.#sessions.get(session) ?? { queue: [], balanceMs: quantumMs, lastCostMs: 0 };
    this.#sessions.set(session, own);
    own.queue.push({ item, urgent: isUrgent ? this.#arrivals++ : null });
  }

  /** How much of the time a session gets beside others, 1 by default: streams share it by their target rates. */
  setShare(session: string, share: number): void {
    this.#shares.set(session, share);
  }

  /** Takes the next piece of work out; {@link spent} is to be told what it took. */
  take(): Chosen<T> | null {
    const session = this.#choose((id) => this.#sessions.get(id)!.balanceMs);
    if (session === null) return null;
    const own = this.#sessions.get(session)!;
    const isUrgent = own.queue.some(({ urgent }) => urgent !== null);
    if (!isUrgent) {
      this.#refill(session);
      this.#turn = session;
    }
    return { session, item: own.queue.shift()!.item, isUrgent };
  }

  spent({ session, isUrgent }: Pick<Chosen<T>, 'session' | 'isUrgent'>, costMs: number): void {
    const own = this.#sessions.get(session);
    if (!own) return;
    const paidMs = costMs / (this.#shares.get(session) ?? 1);
    own.lastCostMs = paidMs;
    own.balanceMs = isUrgent ? Math.max(own.balanceMs - paidMs, Math.min(own.balanceMs, -mostUrgentDebtMs)) : own.balanceMs - paidMs;
  }

  /** The session that is likely to be next while `running` works, as long as it takes as long as the last time. */
  likelyNext(running: string): string | null {
    return this.#choose((id) => {
      const { balanceMs, lastCostMs } = this.#sessions.get(id)!;
      return id === running ? balanceMs - lastCostMs : balanceMs;
    });
  }

  /** A session that has ended; what it still has queued is done first. */
  forget(session: string): void {
    this.#shares.delete(session);
    const own = this.#sessions.get(session);
    if (own?.queue.length === 0) this.#sessions.delete(session);
  }

  #choose(balanceOf: (session: string) => number): string | null {
    const waiting = [...this.#sessions].filter(([, { queue }]) => queue.length > 0).map(([id]) => id);
    if (waiting.length === 0) return null;
    const urgent = this.#firstUrgent();
    if (urgent !== null) return urgent;
    // As many rounds as it takes until somebody has time left.
    const rounds = roundsFor(Math.max(...waiting.map(balanceOf)));
    const affords = (id: string): boolean => balanceOf(id) + rounds * quantumMs > 0;
    const order = [...this.#sessions.keys()];
    const at = this.#turn === null ? 0 : Math.max(0, order.indexOf(this.#turn));
    const inTurn = rounds === 0 ? [...order.slice(at), ...order.slice(0, at)] : [...order.slice(at + 1), ...order.slice(0, at + 1)];
    return inTurn.find((id) => waiting.includes(id) && affords(id)) ?? null;
  }

  #firstUrgent(): string | null {
    let first: { session: string; arrival: number } | null = null;
    for (const [session, { queue }] of this.#sessions) {
      const arrival = queue.find(({ urgent }) => urgent !== null)?.urgent;
      if (arrival != null && (first === null || arrival < first.arrival)) first = { session, arrival };
    }
    return first?.session ?? null;
  }

  /** Begins new rounds when nobody that waits has time left. A session without work saves up no more than one round. */
  #refill(chosen: string): void {
    const rounds = roundsFor(this.#sessions.get(chosen)!.balanceMs);
    if (rounds === 0) return;
    for (const own of this.#sessions.values()) own.balanceMs = Math.min(quantumMs, own.balanceMs + rounds * quantumMs);
  }
}

/** Rounds after which a balance is above 0. */
const roundsFor = (balanceMs: number): number => (balanceMs > 0 ? 0 : Math.floor(-balanceMs / quantumMs) + 1);
