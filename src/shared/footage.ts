/** How footage is read. */
import { z } from 'zod';

/**
 * auto: frames that are marked as interlaced, in clips where most are. on: all frames, for footage that is not marked.
 * off: none.
 */
export const deinterlaceSchema = z.enum(['auto', 'on', 'off']);
export type Deinterlace = z.infer<typeof deinterlaceSchema>;
