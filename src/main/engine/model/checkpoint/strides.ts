/** Elements of a strided tensor in row-major order. */

export interface Layout {
  readonly width: number;
  readonly shape: readonly number[];
  /** In elements. */
  readonly stride: readonly number[];
}

/** Yields the elements of `storage` (which starts at the first one) in pieces of at most `pieceElements`. */
export function* gather(storage: Buffer, { width, shape, stride }: Layout, pieceElements = 1 << 20): Generator<Buffer> {
  const total = shape.reduce((product, size) => product * size, 1);
  const index = shape.map(() => 0);
  let from = 0;
  for (let done = 0; done < total; ) {
    const count = Math.min(pieceElements, total - done);
    const piece = Buffer.alloc(count * width);
    for (let at = 0; at < piece.length; at += width) {
      storage.copy(piece, at, from * width, (from + 1) * width);
      from += advance(index, shape, stride);
    }
    done += count;
    yield piece;
  }
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
