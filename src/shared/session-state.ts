/** Parts of a session's state beside its clip: undo labels, marks and lanes. */
import { z } from 'zod';

const frame = z.number().int().nonnegative();

/** Labels of the next steps, e.g. "Add point"; null when there is none. */
export const historySchema = z.object({ undo: z.string().nullable(), redo: z.string().nullable() });
export type HistoryState = z.infer<typeof historySchema>;

/** The marked range, inclusive; a missing end is that of the clip. */
export const marksSchema = z.object({ in: frame.nullable(), out: frame.nullable() });
export type Marks = z.infer<typeof marksSchema>;

/** An end that is left out stays as it is, unless it would lie beyond the other: then it is dropped. */
export const marksChangeSchema = marksSchema.partial();
export type MarksChange = z.infer<typeof marksChangeSchema>;

export const noMarks: Marks = { in: null, out: null };

/** A lane travels in pages of so many frames, so that a change costs a page and not the clip. */
export const lanePageFrames = 4096;

/** How an object is on a frame; "none": there is no result. */
export const laneKinds = ['none', 'present', 'absent', 'unsure'] as const;
export type LaneKind = (typeof laneKinds)[number];

/**
 * Runs of frames that look alike, one after the other from the page's first frame on, as pairs of numbers: how many
 * frames, and the place in {@link laneKinds} times 256 plus the confidence 0..255. What is left of the page is "none".
 */
const lanePageSchema = z.object({ page: z.number().int().nonnegative(), runs: z.array(z.number().int()).max(2 * lanePageFrames) });
export type LanePage = z.infer<typeof lanePageSchema>;

export const laneSchema = z.object({
  revision: z.number().int().nonnegative(),
  /** These are all the pages there are; else those that changed. */
  isWhole: z.boolean(),
  pages: z.array(lanePageSchema),
});
export type Lane = z.infer<typeof laneSchema>;
