/**
 * sha256 of files, streamed. Verified hashes are remembered for the life of the process only, by identity, size and
 * times of the file: an 850 MB checkpoint is not read again for each session, and nothing on disk can claim that a file
 * was checked.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

const remembered = new Map<string, string>();
const mostRemembered = 256;

/** Lower-case hex sha256 of bytes. */
export function hashBytes(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * Lower-case hex sha256 of a whole file.
 * @param onBytes told how many bytes were read since it was told last; of a file that is remembered all at once
 */
export async function hashFile(path: string, signal?: AbortSignal, onBytes?: (bytes: number) => void): Promise<string> {
  const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path);
  const key = JSON.stringify([path, dev, ino, size, mtimeMs, ctimeMs]);
  const known = remembered.get(key);
  if (known !== undefined) {
    onBytes?.(size);
    return known;
  }

  const hash = createHash('sha256');
  const stream = createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    onBytes?.(chunk.length);
  }
  const digest = hash.digest('hex');

  const after = await stat(path);
  const isUnchanged = after.size === size && after.mtimeMs === mtimeMs && after.ctimeMs === ctimeMs;
  if (isUnchanged) {
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(key, digest);
  }
  return digest;
}
