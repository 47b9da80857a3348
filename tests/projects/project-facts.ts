/**
 * What a user sees of a project, in words that do not change with the code: compared with what its version recorded.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { SessionService } from '../../src/main/services/session/session-service.ts';
import { boxSchema, pointSchema } from '../../src/shared/prompts.ts';

export const fixturesDir = resolve(import.meta.dirname, '../fixtures');
/** The clip of all recorded projects. */
export const clipPath = join(fixturesDir, 'cartoon/sample.mp4');

const factsSchema = z.object({
  objects: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      color: z.string(),
      visible: z.boolean(),
      solo: z.boolean(),
      locked: z.boolean(),
      stale: z.boolean(),
      prompts: z.array(z.object({ frame: z.number(), points: z.array(pointSchema), box: boxSchema.nullable(), isMask: z.boolean() })),
      /** Inclusive ranges of frames with masks. */
      results: z.array(z.tuple([z.number(), z.number()])),
      /** Of the run lengths of all masks, frame by frame. */
      masksSha256: z.string(),
      /** Of the pictures that the window draws. */
      logitsSha256: z.string(),
      /** How sure the model was of each mask, to 6 digits. */
      predictedIou: z.array(z.number()),
      treeEvents: z.number(),
    }),
  ),
  marks: z.object({ in: z.number().nullable(), out: z.number().nullable() }),
  position: z.number(),
  /** The labels of undo and redo. */
  undo: z.string().nullable(),
  redo: z.string().nullable(),
});
export type ProjectFacts = z.infer<typeof factsSchema>;

/** The recording of a project: what is seen as it opens, after everything was undone, and after it was all redone. */
const recordedSchema = z.object({ opened: factsSchema, undone: factsSchema, redone: factsSchema });
export type RecordedFacts = z.infer<typeof recordedSchema>;

export const recordedFacts = (folder: string): RecordedFacts =>
  recordedSchema.parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')));

export const factsOf = (session: SessionService): ProjectFacts => {
  const { work, labels, view } = session.edits;
  const objects = view.map(({ id, name, color, visible, solo, locked, stale, prompts, results }) => {
    const masks = session.store.frames(id).map((frame) => session.store.get(id, frame)!);
    const masksSha256 = createHash('sha256');
    const logitsSha256 = createHash('sha256');
    for (const { counts, overlay } of masks) {
      masksSha256.update(`${counts}\n`);
      logitsSha256.update(overlay.packed);
    }
    return {
      ...{ id, name, color, visible, solo, locked, stale, results },
      prompts: prompts.map(({ frame, points, box, mask }) => ({ frame, points: [...points], box, isMask: mask !== null })),
      masksSha256: masksSha256.digest('hex'),
      logitsSha256: logitsSha256.digest('hex'),
      predictedIou: masks.map(({ predictedIou }) => Number(predictedIou.toFixed(6))),
      treeEvents: session.trees.events(id, 0, session.media.frameCount - 1).length,
    };
  });
  return { objects, marks: work.marks, position: work.position, ...labels };
};

/** Takes all steps back, or makes them again, and says what is seen then. */
export const factsAfter = async (session: SessionService, direction: 'undo' | 'redo'): Promise<ProjectFacts> => {
  while ((await session.edits[direction]()) !== null);
  return factsOf(session);
};
