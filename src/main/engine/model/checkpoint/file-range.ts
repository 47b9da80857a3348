/**
 * Reading parts of a file by position, so that nothing depends on a shared file pointer and no more is read than asked
 * for.
 */
import type { FileHandle } from 'node:fs/promises';
import { damaged } from './refusal.ts';

/** Exactly `length` bytes from `position`; a file that ends before them is damaged. */
export async function readRange(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  await readInto(file, buffer, position);
  return buffer;
}

/** Fills `buffer` from `position`. */
async function readInto(file: FileHandle, buffer: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0) throw damaged(`it ends at byte ${position + done} where more was announced`);
    done += bytesRead;
  }
}

/** Calls `use` with consecutive pieces of a range; a piece is only valid during the call. */
export async function forEachPiece(
  file: FileHandle,
  range: { position: number; length: number },
  use: (piece: Buffer) => Promise<void> | void,
  pieceBytes = 4 << 20,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, range.length));
  for (let done = 0; done < range.length; done += buffer.length) {
    const piece = buffer.subarray(0, Math.min(buffer.length, range.length - done));
    await readInto(file, piece, range.position + done);
    await use(piece);
  }
}
