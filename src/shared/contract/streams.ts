/**
 * Methods on streams: sources that are configured once and run by themselves. How each is doing is in the app's state.
 */
import { z } from 'zod';
import { chapterSchema, streamConfigSchema, streamIdSchema } from '../streams.ts';
import { inSession, type MethodTable, nothing } from './ids.ts';

const ofStream = z.object({ streamId: streamIdSchema });

export const streamMethods = {
  /** Addresses come without their passwords. */
  'stream.list': { input: nothing, output: z.object({ streams: z.array(ofStream.extend({ config: streamConfigSchema })) }) },
  'stream.add': { input: z.object({ config: streamConfigSchema }), output: ofStream },
  /** The whole configuration. An address as `stream.list` gives it keeps its password. */
  'stream.edit': { input: ofStream.extend({ config: streamConfigSchema }), output: nothing },
  'stream.pause': { input: ofStream, output: nothing },
  'stream.resume': { input: ofStream, output: nothing },
  /** Shows it as a live session. Closing that session lets the stream go on. */
  'stream.view': { input: ofStream, output: inSession },
  /** Answers when its last chapter is whole, or gone. */
  'stream.remove': { input: ofStream.extend({ keepsRecordings: z.boolean() }), output: nothing },
  /** Its closed chapters, the oldest first. */
  'stream.chapters': { input: ofStream, output: z.object({ chapters: z.array(chapterSchema) }) },
  /** Makes a clip of a chapter and opens it with its project; the chapter is no longer the stream's. */
  'stream.openChapter': { input: ofStream.extend({ chapterId: z.string().max(100) }), output: inSession },
} as const satisfies MethodTable;
