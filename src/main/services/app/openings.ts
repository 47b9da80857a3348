/**
 * Clips that are being opened, as operations: listing the frames of hours of video takes a while, and may be given up.
 */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { Operations } from '../base/operations.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';

export class Openings {
  readonly #operations: Operations;
  readonly #cancelRun: (sessionId: string) => void;
  readonly #progress = new Map<string, (done: number, total: number) => void>();

  constructor(operations: Operations, cancelRun: (sessionId: string) => void) {
    this.#operations = operations;
    this.#cancelRun = cancelRun;
  }

  /** Hears what an engine tells of clips it looks through. */
  attach(peer: EnginePeer): void {
    peer.on('openProgress', ({ sessionId, done, total }) => this.#progress.get(sessionId)?.(done, total));
  }

  /** @param work opens the clip under this session's id. @throws AppError what it throws, `cancelled` too */
  run<T>(path: string, work: (sessionId: string) => Promise<T>): Promise<T> {
    const sessionId = randomUUID();
    return this.#operations.run(
      'open',
      basename(path),
      async ({ progress }) => {
        this.#progress.set(sessionId, progress);
        try {
          return await work(sessionId);
        } finally {
          this.#progress.delete(sessionId);
        }
      },
      () => this.#cancelRun(sessionId),
    );
  }
}
