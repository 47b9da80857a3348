/**
 * The video tracks that a Matroska header lists. A recording has them before it is whole, so a live picture and the
 * clip that it becomes are of the same stream.
 */

export interface VideoTrack {
  /** Coded size in px; 0 where the header does not say. */
  width: number;
  height: number;
}

interface Element {
  id: number;
  body: Buffer;
}

const ids = { segment: 0x18538067, tracks: 0x1654ae6b, entry: 0xae, type: 0x83, video: 0xe0, width: 0xb0, height: 0xba };
const videoType = 1;

/** A number of one to eight bytes whose leading zeros say how many. @returns null where the data ends within it */
const variable = (data: Buffer, at: number, keepsMarker: boolean): { value: number; bytes: number } | null => {
  const first = data[at] ?? 0;
  const bytes = Math.clz32(first) - 23;
  if (first === 0 || at + bytes > data.length) return null;
  let value = keepsMarker ? first : first & (0xff >> bytes);
  for (let i = 1; i < bytes; i++) value = value * 256 + data[at + i]!;
  return { value, bytes };
};

/** An element whose size is not known, or goes beyond the data, takes all that is left. */
function* elementsIn(data: Buffer): Generator<Element> {
  for (let at = 0; at < data.length; ) {
    const id = variable(data, at, true);
    const size = id && variable(data, at + id.bytes, false);
    if (!id || !size) return;
    const start = at + id.bytes + size.bytes;
    at = Math.min(data.length, start + size.value);
    yield { id: id.value, body: data.subarray(start, at) };
  }
}

const childrenOf = (data: Buffer, id: number): Buffer[] =>
  [...elementsIn(data)].flatMap((element) => (element.id === id ? [element.body] : []));

const numberIn = (data: Buffer, id: number): number => {
  const [body] = childrenOf(data, id);
  return body && body.length > 0 && body.length <= 6 ? body.readUIntBE(0, body.length) : 0;
};

/** @param head the beginning of a file, at least to its first cluster */
export const videoTracksOf = (head: Buffer): VideoTrack[] =>
  childrenOf(head, ids.segment)
    .flatMap((segment) => childrenOf(segment, ids.tracks))
    .flatMap((tracks) => childrenOf(tracks, ids.entry))
    .filter((entry) => numberIn(entry, ids.type) === videoType)
    .map((entry) => {
      const [video = Buffer.alloc(0)] = childrenOf(entry, ids.video);
      return { width: numberIn(video, ids.width), height: numberIn(video, ids.height) };
    });

/** Number of the track with the largest picture, among the video tracks; 0 where none is listed. */
export const largestTrackOf = (head: Buffer): number => {
  const areas = videoTracksOf(head).map(({ width, height }) => width * height);
  return Math.max(0, areas.indexOf(Math.max(...areas)));
};
