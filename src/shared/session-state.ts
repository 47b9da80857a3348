/** Parts of a session's state beside its clip: undo labels, marks and lanes. */
import { z } from 'zod';

const frame = z.number().int().nonnegative();

/** Labels of the next steps, e.g. "Add point"; null when there is none. */
export const historySchema = z.object({ undo: z.string().nullable(), redo: z.string().nullable() });
export type HistoryState = z.infer<typeof historySchema>;

/** The marked range, inclusive; a missing end is that of the clip. */
export const marksSchema = z.object({ in: frame.nullable(), out: frame.nullable() });
export type Marks = z.infer<typeof marksSchema>;

export const noHistory: HistoryState = { undo: null, redo: null };
export const noMarks: Marks = { in: null, out: null };

/** First and last frame, how the object is there, and its confidence 0..255. */
export const laneRunSchema = z.tuple([frame, frame, z.enum(['present', 'absent', 'unsure']), z.number().int().min(0).max(255)]);
export type LaneRun = z.infer<typeof laneRunSchema>;
