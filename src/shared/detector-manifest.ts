/**
 * manifest.json of a detector's bundle (models/README.md): one graph that answers a picture with boxes. Strict, as the
 * models' own.
 */
import { z } from 'zod';
import { graphFileSchema } from './manifest.ts';

const text = (max: number) => z.string().min(1).max(max);
const share = z.number().min(0).max(1);

export const detectorManifestSchema = z.strictObject({
  schema: z.literal(1),
  kind: z.literal('detector'),
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/, 'must be a short lower-case identifier'),
  name: text(200),
  licence: text(4000),
  version: text(80),
  source: text(4000),
  /** Side of the square input in px. The picture keeps its shape and lies in the upper left; the rest is black. */
  imageSize: z.number().int().positive().max(4096),
  /** The name of each class, in the order of the graph's numbers. */
  classes: z.array(text(100)).min(1).max(10_000),
  /** Boxes of a lower score are dropped unless the caller asks for others. */
  score: share,
  /** Of two boxes of one class that overlap by more than this IoU, the better one stays. */
  overlap: share,
  graphs: z.strictObject({ detector: graphFileSchema }),
});

/** A validated manifest.json of a detector. */
export type DetectorManifest = z.infer<typeof detectorManifestSchema>;
