/** Seeded damage to video files: the same number gives the same damage on every machine. */

/** 0 <= value < limit (mulberry32). */
export const randomOf = (seed: number): ((limit: number) => number) => {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
};

type Random = ReturnType<typeof randomOf>;

/** Where the parts of an MP4 or MOV begin, the file's and those of its tables. */
const boxesOf = (data: Buffer): { start: number; end: number }[] => {
  const boxes: { start: number; end: number }[] = [];
  const look = (from: number, to: number): void => {
    for (let at = from; at + 8 <= to; ) {
      const bytes = data.readUInt32BE(at);
      const end = at + bytes;
      if (bytes < 8 || end > to) return;
      boxes.push({ start: at, end });
      if (/^(moov|trak|mdia|minf|stbl|edts)$/.test(data.toString('latin1', at + 4, at + 8))) look(at + 8, end);
      at = end;
    }
  };
  look(0, data.length);
  return boxes;
};

const flipBits = (data: Buffer, random: Random): Buffer => {
  const changed = Buffer.from(data);
  // Headers are a small part of a file, and say the most.
  const reach = random(2) === 0 ? Math.min(changed.length, 2048) : changed.length;
  for (let count = 1 + random(24); count > 0; count--) changed[random(reach)]! ^= 1 << random(8);
  return changed;
};

const cutEnd = (data: Buffer, random: Random): Buffer => data.subarray(0, 1 + random(data.length));

const removePiece = (data: Buffer, random: Random): Buffer => {
  const at = random(data.length);
  return Buffer.concat([data.subarray(0, at), data.subarray(at + 1 + random(4000))]);
};

const repeatPiece = (data: Buffer, random: Random): Buffer => {
  const at = random(data.length);
  const piece = data.subarray(at, at + 1 + random(4000));
  return Buffer.concat([data.subarray(0, at), piece, piece, data.subarray(at + piece.length)]);
};

const blank = (data: Buffer, random: Random): Buffer => {
  const changed = Buffer.from(data);
  const at = random(changed.length);
  return changed.fill(random(2) === 0 ? 0 : 0xff, at, at + 1 + random(2000));
};

/** Two parts change places; in other containers, two stretches of the length of a transport packet. */
const swapParts = (data: Buffer, random: Random): Buffer => {
  let parts = boxesOf(data);
  if (parts.length < 2) parts = Array.from({ length: Math.floor(data.length / 188) }, (_, i) => ({ start: i * 188, end: i * 188 + 188 }));
  const [a, b] = [parts[random(parts.length)], parts[random(parts.length)]].sort((one, other) => one!.start - other!.start);
  if (!a || !b || a.end > b.start) return flipBits(data, random);
  const piece = (from: number, to: number): Buffer => data.subarray(from, to);
  return Buffer.concat([piece(0, a.start), piece(b.start, b.end), piece(a.end, b.start), piece(a.start, a.end), piece(b.end, data.length)]);
};

const kinds = { flipBits, cutEnd, removePiece, repeatPiece, blank, swapParts };

/** @returns the damaged file, and what was done to it */
export const mutateVideo = (data: Buffer, random: Random): { kind: string; data: Buffer } => {
  const entries = Object.entries(kinds);
  const [kind, mutate] = entries[random(entries.length)]!;
  return { kind, data: mutate(data, random) };
};
