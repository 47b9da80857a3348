/** What ffmpeg prints on stderr, bounded, and what it tells of damage. */
import type { Damage } from '../api/media.ts';

/** One table of causes, by what ffmpeg says of each. */
const causes: readonly (readonly [Damage, RegExp])[] = [
  // mov: "stream 0, offset 0x886a: partial file"; matroska, flv: "File ended prematurely"; avi: "Truncating packet of
  // size ...".
  ['cut-short', /partial file|ended prematurely|Truncating packet/i],
  // mpegts: "Packet corrupt (stream = 0, dts = 158400)"; any: "corrupt input packet in stream 0".
  ['packets-lost', /Packet corrupt|corrupt input packet/i],
];

/** The cause that a line of ffmpeg's stderr tells of, or null. */
const damageIn = (line: string): Damage | null => causes.find(([, pattern]) => pattern.test(line))?.[0] ?? null;

/**
 * The first lines (stream descriptions come first) and the last lines (why it ended), so that a chatty file costs no
 * memory.
 */
export class StderrLog {
  readonly head: string[] = [];
  readonly tail: string[] = [];
  /** The cause of damage that lines told of. */
  damage: Damage | null = null;
  #partial = '';
  readonly #onLine: ((line: string) => void) | undefined;
  #awaited: { pattern: RegExp; resolve: () => void } | null = null;

  /** @param onLine told every line, also those that are not kept */
  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Resolves with the first line that matches, or at the end. One is waited for at a time. */
  seen(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      if (this.has(pattern)) resolve();
      else this.#awaited = { pattern, resolve };
    });
  }

  push(text: string): void {
    const lines = (this.#partial + text).split(/\r?\n|\r/);
    this.#partial = (lines.pop() ?? '').slice(0, 8192);
    for (const line of lines) this.#add(line);
  }

  end(): void {
    if (this.#partial !== '') this.#add(this.#partial);
    this.#partial = '';
    this.#awaited?.resolve();
  }

  #add(line: string): void {
    this.#onLine?.(line);
    if (this.head.length < 400) this.head.push(line);
    this.tail.push(line);
    if (this.tail.length > 60) this.tail.shift();
    if (this.#awaited?.pattern.test(line)) this.#awaited.resolve();
    // A file that ends early often has a torn packet at its end as well.
    if (this.damage !== 'cut-short') this.damage = damageIn(line) ?? this.damage;
  }

  /** Whether a line of the head or tail matches. */
  has(pattern: RegExp): boolean {
    return this.head.some((line) => pattern.test(line)) || this.tail.some((line) => pattern.test(line));
  }

  /** The first group of the first line of the head that matches, or null. */
  find(pattern: RegExp): string | null {
    for (const line of this.head) {
      const found = pattern.exec(line)?.[1];
      if (found !== undefined) return found;
    }
    return null;
  }

  /** The last line that tells of a failure (else the last line at all), without ffmpeg's prefixes and addresses. */
  lastError(): string {
    const failures = this.tail.filter((line) => /\[(error|fatal|panic)\]/.test(line));
    const line = failures.at(-1) ?? this.tail.filter((entry) => entry.trim() !== '').at(-1) ?? 'it printed nothing';
    return line.replace(/^(\[[^\]]*\]\s*)+/, '').trim();
  }
}
