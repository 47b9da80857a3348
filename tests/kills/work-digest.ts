/** Tells two states of work apart, whatever the order of an object's fields. */
import { createHash } from 'node:crypto';
import type { KeptWork, WorkHistory } from '../../src/main/services/session/kept-work.ts';

const inOrder = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

export const workDigest = (
  { objects, marks, position }: Pick<KeptWork, 'objects' | 'marks' | 'position'>,
  labels: WorkHistory['labels'],
): string =>
  createHash('sha256')
    .update(JSON.stringify([objects, marks, position, labels], inOrder))
    .digest('hex');
