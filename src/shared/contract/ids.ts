/** The numbers and names by which the methods of the contract address things. */
import { z } from 'zod';

/** A session: one open clip or live source, and the work on it. */
export const sessionIdSchema = z.uuid();
export const frameNumber = z.number().int().nonnegative();
export const objectIdSchema = z.number().int().positive();
/** Objects that the same is done to, as one step of the history. */
export const otherObjects = z.array(objectIdSchema).max(10_000).optional();
export const modelIdSchema = z.string().min(1).max(200);
export const nothing = z.object({});
/** Addresses one session. */
export const inSession = z.object({ sessionId: sessionIdSchema });
export const startedOperation = z.object({ operationId: z.string() });

/** Largest piece of an upload or a window's recording, in bytes; and as base64, in characters. */
export const uploadPieceBytes = 2 ** 20;
export const uploadPieceText = Math.ceil(uploadPieceBytes / 3) * 4;

/** A table of methods: name, input, output. */
export type MethodTable = Record<string, { input: z.ZodType; output: z.ZodType }>;
