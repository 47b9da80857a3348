/** Models whose weights are installed apart from their graphs, as the catalogue knows them. */
import { z } from 'zod';

/** A model as the catalogue knows it: one checkpoint, and a bundle without weights for each image size. */
export const installableModelSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  /** The checkpoint; null = the bundles hold their weights. `sha256` null = nobody published one. */
  weights: z
    .object({
      file: z.string(),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable(),
    })
    .nullable(),
  /** The folder that no graph of its bundles may leave. */
  modelsRoot: z.string(),
  /** Bundle folders by the side of their square input in px, smallest first. */
  variants: z.array(z.object({ imageSize: z.number().int().positive(), dir: z.string() })).min(1),
});
export type InstallableModel = z.infer<typeof installableModelSchema>;
