/**
 * What a client mirrors: one state of the app, and one of each session it looks at. Each has a revision of its own that
 * grows with every change; a client drops an older one. Pictures and masks are never in a state.
 */
import { z } from 'zod';
import { foundSchema } from '../discovery.ts';
import { liveStateSchema } from '../live.ts';
import { sessionMemorySchema } from '../memory-tree.ts';
import { modelsStateSchema } from '../models.ts';
import { projectStateSchema, recentSchema } from '../project.ts';
import { framePromptSchema } from '../prompts.ts';
import { reviewEntrySchema } from '../review.ts';
import { serializedErrorSchema } from '../serialized-error.ts';
import { historySchema, marksSchema } from '../session-state.ts';
import { settingsStateSchema } from '../settings.ts';
import { streamStateSchema } from '../streams.ts';
import { frameNumber, objectIdSchema, sessionIdSchema } from './ids.ts';

const revision = z.number().int().nonnegative();

const mediaSchema = z.object({
  name: z.string(),
  path: z.string(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  frameCount: z.number().int().positive(),
  durationMs: z.number().nonnegative(),
  averageFps: z.number().positive(),
  isVariableFrameRate: z.boolean(),
  hasAudio: z.boolean(),
  codec: z.string(),
});
export type Media = z.infer<typeof mediaSchema>;

const modelSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  imageSize: z.number().int(),
  /** The execution provider in use, e.g. "cpu", and why it was chosen. */
  provider: z.string(),
  providerReason: z.string(),
});

const objectSchema = z.object({
  id: objectIdSchema,
  name: z.string(),
  /** CSS colour "#rrggbb". */
  color: z.string().regex(/^#[0-9a-f]{6}$/),
  visible: z.boolean(),
  /** Shown alone, with others that are solo. */
  solo: z.boolean(),
  /** Neither prompts nor tracking change it. */
  locked: z.boolean(),
  /** Its prompts changed after it was tracked, so its masks may be out of date. */
  stale: z.boolean(),
  /** How it was found, where nobody clicked it first. */
  found: foundSchema.optional(),
  /** Grows whenever one of its masks changes; then `object.lane` has something new. */
  laneRevision: revision,
  prompts: z.array(framePromptSchema),
  /** Inclusive ranges of frames that have a result. */
  results: z.array(z.tuple([frameNumber, frameNumber])),
  /** On how many of these frames the object was found; on the others it was looked for. */
  foundFrames: z.number().int().nonnegative(),
});
export type TrackedObject = z.infer<typeof objectSchema>;

const operationSchema = z.object({
  id: z.string(),
  /**
   * The unit of `done` and `total` is frames; bytes for a copy, a file that is fetched and an upload; ms for a stream
   * and a live source, whose total is 0.
   */
  kind: z.enum(['track', 'find', 'export', 'copy', 'import', 'live', 'open', 'measure', 'model']),
  /** The session it works on, or the one it has opened; null for neither. */
  sessionId: sessionIdSchema.nullable(),
  title: z.string(),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  done: z.number().nonnegative(),
  total: z.number().nonnegative(),
  framesPerSecond: z.number().nonnegative().nullable(),
  etaMs: z.number().nonnegative().nullable(),
  error: serializedErrorSchema.nullable(),
  /** Files written so far that may be fetched: `url` is relative to the host's address. */
  outputs: z.array(z.object({ name: z.string(), path: z.string(), url: z.string().nullable(), note: z.string().optional() })),
});
export type Operation = z.infer<typeof operationSchema>;

/** What every client knows of a session: enough for a tab. */
const sessionSummarySchema = z.object({
  id: sessionIdSchema,
  /** The file's name, or what a live source is called. */
  title: z.string(),
  path: z.string(),
  isLive: z.boolean(),
  /** It is the view of a stream, which goes on when the session is closed. */
  isStream: z.boolean(),
  /** The engine has let go of it to save memory. It wakes by itself when it is needed. */
  isAsleep: z.boolean(),
  /**
   * The session that it took the place of: the live source whose recording it is. Whoever looked at that one looks at
   * this one.
   */
  replaces: sessionIdSchema.nullable(),
});
export type SessionSummary = z.infer<typeof sessionSummarySchema>;

export const appStateSchema = z.object({
  revision,
  /** The open sessions, in the order they were opened. */
  sessions: z.array(sessionSummarySchema),
  /** Earlier projects, the newest first. */
  recents: z.array(recentSchema),
  settings: settingsStateSchema,
  operations: z.array(operationSchema),
  /** "ready", or why there is no engine right now. */
  engine: z.object({ state: z.enum(['starting', 'ready', 'restarting', 'failed']), message: z.string().nullable() }),
  models: modelsStateSchema,
  /** Sources that run by themselves. */
  streams: z.array(streamStateSchema),
  notices: z.array(z.object({ id: z.number().int(), level: z.enum(['info', 'warning', 'error']), text: z.string() })),
});
export type AppState = z.infer<typeof appStateSchema>;

/** A session as the clients that look at it mirror it. */
export const sessionSchema = z.object({
  id: sessionIdSchema,
  revision,
  media: mediaSchema,
  model: modelSummarySchema,
  /** In the order of the panel: later ones are painted over earlier ones. */
  objects: z.array(objectSchema),
  memory: sessionMemorySchema,
  /** What of the results deserves a look, worst first. */
  review: z.array(reviewEntrySchema),
  history: historySchema,
  marks: marksSchema,
  /** The frame the user looked at last, where the clip opens again. */
  position: frameNumber,
  /** While its source is live: `media` grows, and means nothing before the first picture. */
  live: liveStateSchema.nullable(),
  /** Where the work is kept; null when this host keeps none. */
  project: projectStateSchema.nullable(),
});
export type Session = z.infer<typeof sessionSchema>;
