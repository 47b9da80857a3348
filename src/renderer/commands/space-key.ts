/**
 * Space has two meanings: held, it makes the pointer a hand; pressed and let go, it plays. So playing waits for the
 * release, and a drag in between uses the press up.
 */
import { Listeners } from '../transport/transport.ts';

class SpaceKey {
  readonly #changes = new Listeners<boolean>();
  #isDown = false;
  #isUsed = false;

  down(): void {
    if (this.#isDown) return;
    this.#isDown = true;
    this.#isUsed = false;
    this.#changes.emit(true);
  }

  /** A drag made use of the press. */
  use(): void {
    this.#isUsed = true;
  }

  /** @returns whether the press was a plain one */
  up(): boolean {
    if (!this.#isDown) return false;
    this.#isDown = false;
    this.#changes.emit(false);
    return !this.#isUsed;
  }

  onChange(listener: (isDown: boolean) => void): () => void {
    return this.#changes.add(listener);
  }
}

export const spaceKey = new SpaceKey();
