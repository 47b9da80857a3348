/**
 * Counts what goes wrong on a stream: one fault for each time it went wrong, however often it was tried again until it
 * was well. Pure.
 */
import type { SerializedError } from '../../../shared/errors.ts';
import type { LivePhase } from '../../../shared/live.ts';

export interface Fault {
  code: string;
  message: string;
  /** ms since 1970. */
  atMs: number;
}

export class FaultCounter {
  readonly #byCode = new Map<string, number>();
  /** It has not been well since the last fault. */
  #isOpen = false;
  #hasBeenWell = false;
  count = 0;
  /** Connections that stood again after a fault. */
  reconnects = 0;
  last: Fault | null = null;

  /** By code; as many entries as there are codes. */
  get byCode(): Record<string, number> {
    return Object.fromEntries(this.#byCode);
  }

  /** Something that is over when it is told of. */
  add(code: string, message: string, atMs: number): void {
    this.count++;
    this.#byCode.set(code, (this.#byCode.get(code) ?? 0) + 1);
    this.last = { code, message: message.slice(0, 300), atMs };
  }

  /** Something that lasts until frames come again; what else goes wrong until then belongs to it. */
  open(code: string, message: string, atMs: number): void {
    if (this.#isOpen) {
      if (this.last) this.last = { ...this.last, message: message.slice(0, 300) };
      return;
    }
    this.#isOpen = true;
    this.add(code, message, atMs);
  }

  /** How the connection is now. */
  onPhase(phase: LivePhase, problem: SerializedError | null, atMs: number): void {
    if (phase === 'live') this.well();
    else if (phase === 'stalled') this.open('stalled', 'The source sends nothing.', atMs);
    else if (phase === 'reconnecting' || phase === 'failed')
      this.open(problem?.code ?? 'source-unreadable', problem?.message ?? 'The connection broke.', atMs);
  }

  /** Frames come. */
  well(): void {
    if (this.#isOpen && this.#hasBeenWell) this.reconnects++;
    this.#isOpen = false;
    this.#hasBeenWell = true;
  }
}
