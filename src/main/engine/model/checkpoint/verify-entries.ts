/**
 * Compares tensor data with the checksums that torch.save wrote: the only protection against flipped bits for a
 * checkpoint whose sha256 nobody published. Read in pieces; compressed entries are checked where they are unpacked.
 */
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Checkpoint, CheckpointTensor } from './checkpoint.ts';
import { forEachPiece } from './file-range.ts';
import { damaged } from './refusal.ts';
import { isIntact } from './zip-directory.ts';

export async function verifyEntries(checkpoint: Checkpoint, tensors: Iterable<CheckpointTensor>, signal?: AbortSignal): Promise<void> {
  const entries = new Set([...tensors].map((tensor) => tensor.entry).filter((entry) => entry.method === 'stored'));
  const file = await open(checkpoint.path, 'r');
  try {
    for (const entry of entries) {
      let sum = 0;
      await forEachPiece(file, { position: entry.dataOffset, length: entry.bytes }, (piece) => {
        signal?.throwIfAborted();
        sum = crc32(piece, sum);
      });
      if (!isIntact(entry, sum)) throw damaged(`"${entry.name}" has a wrong checksum`);
    }
  } finally {
    await file.close();
  }
}
