/** The arguments of pickle instructions, read one after the other and never past the end. */
import { damaged, refused } from './refusal.ts';

export class PickleBytes {
  readonly #data: Buffer;
  readonly #mostTextBytes: number;
  #at = 0;

  constructor(data: Buffer, mostTextBytes: number) {
    this.#data = data;
    this.#mostTextBytes = mostTextBytes;
  }

  get position(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#data.length;
  }

  take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#data.length) throw damaged('its pickle is cut short');
    const bytes = this.#data.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  uint16(): number {
    return this.take(2).readUInt16LE();
  }

  uint32(): number {
    return this.take(4).readUInt32LE();
  }

  int32(): number {
    return this.take(4).readInt32LE();
  }

  double(): number {
    return this.take(8).readDoubleBE();
  }

  /** A little-endian two's complement number whose first byte is its length. */
  long(): number | bigint {
    const bytes = this.take(this.byte());
    if (bytes.length === 0) return 0;
    if (bytes.length > 8) throw refused(`its pickle holds a number of ${bytes.length} bytes`);
    const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  text(): string {
    const length = this.uint32();
    if (length > this.#mostTextBytes) throw refused(`its pickle holds a text of ${length} bytes`);
    return decode(this.take(length));
  }

  line(): string {
    const end = this.#data.indexOf(0x0a, this.#at);
    if (end < 0 || end - this.#at > this.#mostTextBytes) throw damaged('a name in its pickle does not end');
    const text = decode(this.take(end - this.#at));
    this.#at++;
    return text;
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw damaged('a text in its pickle is not UTF-8');
  }
}
