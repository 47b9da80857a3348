/** Tells a clip again wherever it was moved to. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Fingerprint } from '../../../shared/project.ts';

const sampleBytes = 2 ** 20;

/** Reads 2 MiB at most, so that hours of video on a slow disk cost nothing. */
export const fingerprintOf = async (path: string): Promise<Fingerprint> => {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const hashAt = async (position: number): Promise<string> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(sampleBytes, size)), 0, undefined, position);
      return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
    };
    return { bytes: size, head: await hashAt(0), tail: await hashAt(Math.max(0, size - sampleBytes)) };
  } finally {
    await file.close();
  }
};

export const isSameFile = (a: Fingerprint, b: Fingerprint): boolean => a.bytes === b.bytes && a.head === b.head && a.tail === b.tail;
