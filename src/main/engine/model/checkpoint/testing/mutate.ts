/** Seeded damage to bytes and JSON. The same seed gives the same damage on every machine. */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 <= value < limit (mulberry32). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

/** Flips 1 to 6 bits inside [from, to). */
export function flipBits(data: Buffer, random: Random, from = 0, to = data.length): Buffer {
  const changed = Buffer.from(data);
  for (let count = 1 + random.below(6); count > 0; count--) changed[from + random.below(to - from)]! ^= 1 << random.below(8);
  return changed;
}

/** Removes, repeats, overwrites or inserts a stretch of bytes. */
export function reshape(data: Buffer, random: Random, inserts: readonly Buffer[] = []): Buffer {
  const at = random.below(data.length + 1);
  const length = random.below(Math.min(64, data.length - at) + 1);
  const noise = Buffer.from(Array.from({ length: 1 + random.below(12) }, () => random.below(256)));
  const insert = inserts.length > 0 && random.below(2) === 0 ? random.pick(inserts) : noise;
  const [before, stretch, after] = [data.subarray(0, at), data.subarray(at, at + length), data.subarray(at + length)];
  return random.pick([
    () => Buffer.concat([before, after]),
    () => Buffer.concat([before, stretch, stretch, after]),
    () => Buffer.concat([before, insert, after]),
    () => Buffer.concat([before, insert, stretch, after]),
    () => Buffer.concat([before, Buffer.alloc(length, random.pick([0, 0xff])), after]),
  ])();
}

const oddValues: readonly unknown[] = [
  null,
  true,
  '',
  '../../../etc/passwd',
  '__proto__',
  '\u0000',
  'x'.repeat(500),
  -1,
  0,
  0.5,
  1e308,
  2 ** 53,
  [],
  {},
  { __proto__x: 1 },
  Array(50).fill(7),
];

/** Replaces, removes or adds one value somewhere in a JSON document. */
export function mutateJson(json: string, random: Random): string {
  const document: unknown = JSON.parse(json);
  let node = document as Record<string, unknown>;
  for (;;) {
    const key = random.pick(Object.keys(node));
    const child = node[key];
    const isInner = typeof child === 'object' && child !== null && Object.keys(child).length > 0;
    if (isInner && random.below(4) > 0) {
      node = child as Record<string, unknown>;
      continue;
    }
    const action = random.below(6);
    if (action === 0) delete node[key];
    else if (action === 1) node[`${key}x`] = child;
    else node[key] = random.pick(oddValues);
    return JSON.stringify(document);
  }
}
