/** Projects as a client sees them, and what the file project.json holds. */
import { z } from 'zod';
import { serializedErrorSchema } from './serialized-error.ts';

/** The open project. */
export const projectStateSchema = z.object({
  /** Its folder. */
  path: z.string(),
  name: z.string(),
  /** Why the last change could not be written; it is kept in memory and written as soon as that is possible. */
  error: serializedErrorSchema.nullable(),
});
export type ProjectState = z.infer<typeof projectStateSchema>;

export const recentSchema = z.object({
  /** The project's folder; `project.open` takes it. */
  path: z.string(),
  name: z.string(),
  /** The clip. */
  source: z.string(),
  openedAt: z.string(),
  /** When it was changed last; null when nothing was made in it. */
  workedAt: z.string().nullable(),
  /** The project or its clip is not where it was. */
  missing: z.boolean(),
});
export type Recent = z.infer<typeof recentSchema>;

/** Tells a clip again wherever it was moved: its length, and sha256 of its first and last MiB. */
const fingerprintSchema = z.object({ bytes: z.number().int().nonnegative(), head: z.string(), tail: z.string() });
export type Fingerprint = z.infer<typeof fingerprintSchema>;

export const projectVersion = 1;

export const projectFileSchema = z.object({
  version: z.literal(projectVersion),
  app: z.string(),
  name: z.string().min(1),
  createdAt: z.string(),
  source: z.object({
    /** Where the clip was when it was opened last. */
    path: z.string().min(1),
    /** Where it is inside the project's folder, if it is. */
    inside: z.string().nullable(),
    fingerprint: fingerprintSchema,
    /** The video stream that is open, of a file with several. */
    stream: z.number().int().nonnegative().optional(),
    frameCount: z.number().int().positive(),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
  }),
  /** Grows when the masks are compacted: masks-<n>.log and masks-<n>.idx. */
  generation: z.number().int().nonnegative(),
});
export type ProjectFile = z.infer<typeof projectFileSchema>;
