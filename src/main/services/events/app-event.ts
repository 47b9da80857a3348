/** What happens in the app, for whoever watches it from outside: one typed event each. */
import { z } from 'zod';

const base = {
  /** ms since 1970. */
  atMs: z.number(),
};
/** The name of a stream as it was configured, "live" for the live view, "clip" for a clip; never an address. */
const stream = z.string();

export const appEventSchema = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('frame'),
    stream,
    frame: z.number().int(),
    /** ms that tracking took; null where nothing was tracked. */
    processingMs: z.number().nullable(),
    objects: z.array(z.object({ id: z.number().int(), isPresent: z.boolean(), predictedIou: z.number(), area: z.number() })),
  }),
  z.object({ ...base, type: z.enum(['object-born', 'object-lost', 'object-found', 'object-ended']), stream, objectId: z.number().int() }),
  z.object({ ...base, type: z.literal('run'), kind: z.string(), state: z.string(), frames: z.number() }),
  z.object({ ...base, type: z.literal('fault'), stream, code: z.string(), message: z.string() }),
  z.object({ ...base, type: z.literal('engine'), state: z.string() }),
]);
export type AppEvent = z.infer<typeof appEventSchema>;

/** Names and passwords in addresses have no business in a log. */
export const withoutCredentials = (text: string): string => text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1');
