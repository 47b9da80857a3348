/** Methods on what is not a clip yet, or not one of the user's own: fetched clips, uploads, live sources. */
import { z } from 'zod';
import { importedClipSchema } from '../imports.ts';
import { liveCameraSchema, liveSourceSchema } from '../live.ts';
import { inSession, type MethodTable, nothing, sessionIdSchema, startedOperation, uploadPieceText } from './ids.ts';

export const sourceMethods = {
  /** Ends the fetching of an endless address; the part received is opened. */
  'import.finish': { input: z.object({ operationId: z.string() }), output: nothing },
  /** Clips that the app fetched or recorded itself, the newest first, and the folder they lie in. */
  'import.list': { input: nothing, output: z.object({ folder: z.string(), clips: z.array(importedClipSchema) }) },
  /** Removes those of them that no project uses; others stay. */
  'import.remove': {
    input: z.object({ ids: z.array(z.string()).max(10_000) }),
    output: z.object({ removed: z.number(), bytes: z.number() }),
  },
  /** A file that a browser holds, or a recording (`bytes` null), sent in pieces. */
  'upload.begin': {
    input: z.object({ name: z.string().max(300), bytes: z.number().int().nonnegative().nullable() }),
    output: startedOperation,
  },
  'upload.append': {
    input: z.object({ operationId: z.string(), data: z.base64().max(uploadPieceText), total: z.number().nullable() }),
    output: nothing,
  },
  /** Answers when the clip is open; null when it could not be opened, which the operation explains. */
  'upload.finish': { input: z.object({ operationId: z.string() }), output: z.object({ sessionId: sessionIdSchema.nullable() }) },

  /** Cameras that the engine can open by itself; none where the system gives no list of them. */
  'live.cameras': { input: nothing, output: z.object({ cameras: z.array(liveCameraSchema) }) },
  /**
   * Opens a live source as a session of its own. The operation (kind `live`) runs as long as it is live; cancelling it
   * ends it as `live.stop` does.
   */
  'live.start': { input: z.object({ source: liveSourceSchema }), output: inSession.extend(startedOperation.shape) },
  /**
   * A piece of the recording of a `window` source. Whoever sends owns it: when that window goes away it ends and is
   * kept.
   */
  'live.append': { input: z.object({ operationId: z.string(), data: z.base64().max(uploadPieceText) }), output: nothing },
  /**
   * Answers when the recording is whole and open as a clip, with everything that was made live: a session that
   * `replaces` this one; null when nothing was recorded.
   */
  'live.stop': { input: inSession, output: z.object({ sessionId: sessionIdSchema.nullable() }) },
  /** Whether objects are tracked on new frames; the first prompt switches it on. */
  'live.setTracking': { input: inSession.extend({ isOn: z.boolean() }), output: nothing },
} as const satisfies MethodTable;
