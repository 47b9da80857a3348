/**
 * Small pictures of files that nobody has opened, made by the engine one at a time and kept while they are asked for
 * again.
 */
import { stat } from 'node:fs/promises';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';

const size = { width: 192, height: 108 };
const mostKept = 500;

export class FileThumbnails {
  readonly #peer: () => EnginePeer;
  /** By path, length and time of change; null for a file without a picture. */
  readonly #kept = new Map<string, Promise<string | null>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(peer: () => EnginePeer) {
    this.#peer = peer;
  }

  /** @returns a data: address; null where no picture can be made of the file */
  async of(path: string): Promise<string | null> {
    const found = await stat(path).catch(() => null);
    if (found === null) return null;
    const key = `${path}\0${found.size}\0${found.mtimeMs}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    // One after another: a folder full of clips must not take the processor from the tracker.
    const made = this.#last.then(() => this.#make(path));
    this.#last = made;
    this.#kept.set(key, made);
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    return made;
  }

  async #make(path: string): Promise<string | null> {
    try {
      const { jpeg } = await this.#peer().call('thumbnail', { path, ...size });
      return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
    } catch {
      return null;
    }
  }
}
