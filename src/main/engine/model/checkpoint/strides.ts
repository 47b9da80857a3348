/** Elements of a strided tensor in row-major order. */

export interface Layout {
  /** Bytes of an element: 2, 4 or 8. */
  readonly width: number;
  readonly shape: readonly number[];
  /** In elements. */
  readonly stride: readonly number[];
}

/** Yields the elements of `storage` (which starts at the first one) in pieces of at most `pieceElements`. */
export function* gather(storage: Buffer, { width, shape, stride }: Layout, pieceElements = 1 << 20): Generator<Buffer> {
  const total = shape.reduce((product, size) => product * size, 1);
  const elements = asElements(storage, width);
  const index = shape.map(() => 0);
  let from = 0;
  for (let done = 0; done < total; ) {
    const count = Math.min(pieceElements, total - done);
    const piece = asElements(Buffer.from(new ArrayBuffer(count * width)), width);
    for (let at = 0; at < count; at++) {
      piece[at] = elements[from]!;
      from += advance(index, shape, stride);
    }
    done += count;
    yield Buffer.from(piece.buffer);
  }
}

/** The bytes as numbers of their width, only to move them; copied where they are not aligned. */
function asElements(bytes: Buffer, width: number): Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  const isAligned = bytes.byteOffset % width === 0 && bytes.buffer instanceof ArrayBuffer;
  const { buffer, byteOffset, length } = isAligned ? (bytes as Buffer<ArrayBuffer>) : Uint8Array.from(bytes);
  if (width === 2) return new Uint16Array(buffer, byteOffset, length / 2);
  if (width === 4) return new Uint32Array(buffer, byteOffset, length / 4);
  return new Float64Array(buffer, byteOffset, length / 8);
}

/** Moves `index` one step in row-major order and says by how many elements the position in the storage changes. */
function advance(index: number[], shape: readonly number[], stride: readonly number[]): number {
  let change = 0;
  for (let axis = index.length - 1; axis >= 0; axis--) {
    index[axis]!++;
    change += stride[axis]!;
    if (index[axis]! < shape[axis]!) return change;
    change -= shape[axis]! * stride[axis]!;
    index[axis] = 0;
  }
  return change;
}
