/**
 * Tells a transport stream that lost packets from one that was put together of several: in both the packets' counters
 * jump, and ffmpeg calls both corrupt. Where a stream begins anew, its table of programs (PAT) comes first and each
 * part continues with a packet that begins a unit; what a loss leaves begins anywhere.
 */
import { open } from 'node:fs/promises';

const syncByte = 0x47;
/** Plain, with times before each packet (m2ts), with check bytes after. */
const packetSizes = [188, 192, 204] as const;
const chunkPackets = 8192;
const patPid = 0;
const nullPid = 0x1fff;

const layoutOf = (head: Buffer): { size: number; offset: number } | null => {
  for (const size of packetSizes)
    for (let offset = 0; offset < size; offset++) {
      let count = 0;
      while (count < 5 && head[offset + count * size] === syncByte) count++;
      if (count === 5 || (count > 0 && offset + count * size >= head.length)) return { size, offset };
    }
  return null;
};

class CounterCheck {
  readonly #last = new Map<number, { counter: number; at: number }>();
  /** Number of the last packet that began a table of programs, and whether its own counter jumped. */
  #pat = { at: -1, isJump: false };
  #at = 0;

  /** @returns whether packets are missing before this one, or it is damaged itself */
  isLost(packet: Buffer): boolean {
    const at = this.#at++;
    if (packet[0] !== syncByte || (packet[1]! & 0x80) !== 0) return true;
    const pid = ((packet[1]! & 0x1f) << 8) | packet[2]!;
    const hasPayload = (packet[3]! & 0x10) !== 0;
    const isBeginning = (packet[1]! & 0x40) !== 0;
    const hasField = (packet[3]! & 0x20) !== 0 && packet[4]! > 0;
    const isAnnounced = hasField && (packet[5]! & 0x80) !== 0;
    if (pid === nullPid) return false;
    const counter = packet[3]! & 0x0f;
    const last = this.#last.get(pid);
    const expected = last && (hasPayload ? (last.counter + 1) & 0x0f : last.counter);
    // A packet may be sent twice.
    const isJump = last !== undefined && counter !== expected && counter !== last.counter;
    this.#last.set(pid, { counter, at });
    if (pid === patPid) {
      if (isBeginning) this.#pat = { at, isJump };
      return isJump && !isBeginning;
    }
    if (!isJump || isAnnounced) return false;
    const isAfterTable = this.#pat.at > last.at && (this.#pat.isJump || counter === 0);
    return !(isBeginning && isAfterTable);
  }
}

/** Whether packets of a transport stream are missing or damaged. Reads the whole file. */
export const hasLostPackets = async (path: string, signal?: AbortSignal): Promise<boolean> => {
  const file = await open(path, 'r');
  try {
    const { buffer: head, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    const layout = layoutOf(head.subarray(0, bytesRead));
    if (!layout) return true;
    const { size, offset } = layout;
    const check = new CounterCheck();
    const chunk = Buffer.alloc(size * chunkPackets);
    for (let position = offset; ; ) {
      signal?.throwIfAborted();
      const read = (await file.read(chunk, 0, chunk.length, position)).bytesRead;
      const whole = Math.floor(read / size);
      for (let i = 0; i < whole; i++) if (check.isLost(chunk.subarray(i * size, i * size + 188))) return true;
      if (read < chunk.length) return false;
      position += whole * size;
    }
  } finally {
    await file.close();
  }
};
