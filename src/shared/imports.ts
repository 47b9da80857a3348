/** Clips that the app fetched or recorded itself, which lie in its own folder. */
import { z } from 'zod';

export const importedClipSchema = z.object({
  /** Name of its folder. */
  id: z.string(),
  name: z.string(),
  path: z.string(),
  bytes: z.number().nonnegative(),
  /** ms since 1970. */
  madeAt: z.number(),
  isOpen: z.boolean(),
  /** Projects and recent entries that point to it, by name. */
  usedBy: z.array(z.string()),
});
export type ImportedClip = z.infer<typeof importedClipSchema>;
