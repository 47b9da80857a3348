/** How large an export will be, and whether it fits. */
import { existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/format-bytes.ts';
import type { ExportChoice } from './export-service.ts';
import type { SessionService } from './session-service.ts';

/** A PNG of run lengths takes about this much beside them. */
const pngBytes = 900;
/** The annotated clip is encoded anew, and is seldom larger than this times its source. */
const videoRatio = 1.5;
const leastBitsPerPixel = 0.05;

/** Bytes, from what the masks take in the store; on the high side. */
export const estimateExport = (session: SessionService, choice: ExportChoice): number => {
  const { width, height, frameCount } = session.media;
  const { from, to } = choice.range ?? { from: 0, to: frameCount - 1 };
  const frames = to - from + 1;
  let records = 0;
  let masks = 0;
  for (const { id } of session.objects) {
    if (choice.objectIds && !choice.objectIds.includes(id)) continue;
    const size = session.store.measure(id, from, to);
    masks += size.masks;
    records += size.bytes;
  }
  const source = statSync(session.path).size * (frames / frameCount);
  const text = records + masks * 160 + frames * 60;
  return Math.ceil(
    (choice.video ? Math.max(source * videoRatio, (frames * width * height * leastBitsPerPixel) / 8) : 0) +
      (choice.masks ? frames * pngBytes + records : 0) +
      (choice.json ? text : 0) +
      (choice.coco ? text : 0) +
      (choice.csv ? masks * 90 : 0),
  );
};

/** Bytes that may still be written where `directory` is or will be; null when nobody knows. */
export const freeBytes = async (directory: string): Promise<number | null> => {
  let there = directory;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    const { bavail, bsize } = await statfs(there);
    return bavail * bsize;
  } catch {
    return null;
  }
};

/** @throws AppError `disk-full` before anything is written */
export const requireRoom = async (directory: string, bytes: number): Promise<void> => {
  const free = await freeBytes(directory);
  if (free !== null && free < bytes)
    throw new AppError(
      'disk-full',
      `The export needs about ${formatBytes(bytes)}, and ${directory} has ${formatBytes(free)} free. Choose another folder, a shorter range or fewer files.`,
      { details: { bytes, free } },
    );
};
