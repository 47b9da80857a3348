/**
 * The contract between a client (the window, a browser tab) and the host's services: every method, event and state a client
 * can see. Both transports (MessagePort, WebSocket) and both ends validate with these schemas; types are derived from them.
 * Pictures travel beside it as binary messages (wire.ts).
 */
import { z } from 'zod';
import { doctorReportSchema } from './doctor.ts';
import { exportChoiceSchema, exportEstimateSchema } from './export-choice.ts';
import { importedClipSchema } from './imports.ts';
import { liveCameraSchema, liveSourceSchema, liveStateSchema } from './live.ts';
import { memorySettingsSchema } from './memory-settings.ts';
import { sessionMemorySchema, treeEventSchema } from './memory-tree.ts';
import { modelsStateSchema } from './models.ts';
import { projectStateSchema, recentSchema } from './project.ts';
import { boxSchema, framePromptSchema, maskSchema, pointSchema } from './prompts.ts';
import { serializedErrorSchema } from './serialized-error.ts';
import { historySchema, laneSchema, marksChangeSchema, marksSchema } from './session-state.ts';
import { profileNames, settingsStateSchema } from './settings.ts';

export const protocolVersion = 1;

const frameNumber = z.number().int().nonnegative();
const objectId = z.number().int().positive();
/** Objects that the same is done to, as one step of the history. */
const others = z.array(objectId).max(10_000).optional();
const modelId = z.string().min(1).max(200);

export const mediaSchema = z.object({
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

export const modelSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  imageSize: z.number().int(),
  /** The execution provider in use, e.g. "cpu", and why it was chosen. */
  provider: z.string(),
  providerReason: z.string(),
});

export const objectSchema = z.object({
  id: objectId,
  name: z.string(),
  /** CSS colour "#rrggbb". */
  color: z.string().regex(/^#[0-9a-f]{6}$/),
  visible: z.boolean(),
  /** Shown alone, with others that are solo. */
  solo: z.boolean(),
  /** Neither prompts nor tracking change it. */
  locked: z.boolean(),
  /** Its prompts changed since it was tracked: the tracked masks may not follow from them any more. */
  stale: z.boolean(),
  /** Grows whenever one of its masks changes; then `object.lane` tells something new. */
  laneRevision: z.number().int().nonnegative(),
  prompts: z.array(framePromptSchema),
  /** Inclusive ranges of frames that hold a result. */
  results: z.array(z.tuple([frameNumber, frameNumber])),
});
export type TrackedObject = z.infer<typeof objectSchema>;

export const operationSchema = z.object({
  id: z.string(),
  /** What is done and to do counts frames; bytes for a copy, a file that is fetched and what a window sends; ms of a stream and of a live source, whose total is 0. */
  kind: z.enum(['track', 'export', 'copy', 'import', 'live', 'open', 'measure', 'model']),
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

export const sessionSchema = z.object({
  id: z.string(),
  media: mediaSchema,
  model: modelSummarySchema,
  /** In the order of the panel: later ones are painted over earlier ones. */
  objects: z.array(objectSchema),
  memory: sessionMemorySchema,
  history: historySchema,
  marks: marksSchema,
  /** The frame the user looked at last, where the clip opens again. */
  position: frameNumber,
  /** Of a source that is live: `media` grows, and says nothing true before the first picture. */
  live: liveStateSchema.nullable(),
});
export type Session = z.infer<typeof sessionSchema>;

/** Everything a client mirrors. Pictures and masks are never in it. */
export const stateSchema = z.object({
  /** Grows with every change; a client drops an older one. */
  revision: z.number().int().nonnegative(),
  session: sessionSchema.nullable(),
  /** Where the work is kept; null when nothing is open or this host keeps none. */
  project: projectStateSchema.nullable(),
  /** Projects that were open, the newest first. */
  recents: z.array(recentSchema),
  settings: settingsStateSchema,
  operations: z.array(operationSchema),
  /** "ready", or why there is no engine right now. */
  engine: z.object({ state: z.enum(['starting', 'ready', 'restarting', 'failed']), message: z.string().nullable() }),
  models: modelsStateSchema,
  notices: z.array(z.object({ id: z.number().int(), level: z.enum(['info', 'warning', 'error']), text: z.string() })),
});
export type AppState = z.infer<typeof stateSchema>;

export const trackDirectionSchema = z.enum(['forward', 'backward', 'both']);
export type TrackDirection = z.infer<typeof trackDirectionSchema>;

const nothing = z.object({});

/** Bytes of a piece of an upload, and characters of its text. */
export const uploadPieceBytes = 2 ** 20;
const uploadPieceText = Math.ceil(uploadPieceBytes / 3) * 4;

export const contract = {
  'app.state': { input: nothing, output: stateSchema },
  'app.dismissNotice': { input: z.object({ id: z.number().int() }), output: nothing },

  /** A file, a project's folder, a folder of pictures, or an address; the last two are fetched first (operation `import`). */
  'session.open': { input: z.object({ path: z.string().min(1) }), output: nothing },
  /** Ends the fetching of an endless address; what came is opened. */
  'import.finish': { input: z.object({ operationId: z.string() }), output: nothing },
  /** Clips that the app fetched or recorded itself, the newest first, and the folder they lie in. */
  'import.list': { input: nothing, output: z.object({ folder: z.string(), clips: z.array(importedClipSchema) }) },
  /** Removes those of them that no project uses; others stay. */
  'import.remove': {
    input: z.object({ ids: z.array(z.string()).max(10_000) }),
    output: z.object({ removed: z.number(), bytes: z.number() }),
  },
  /** A file that a browser holds, or a recording (`bytes` null), sent in pieces; the clip is open when it is finished. */
  'upload.begin': {
    input: z.object({ name: z.string().max(300), bytes: z.number().int().nonnegative().nullable() }),
    output: z.object({ operationId: z.string() }),
  },
  'upload.append': {
    input: z.object({ operationId: z.string(), data: z.base64().max(uploadPieceText), total: z.number().nullable() }),
    output: nothing,
  },
  'upload.finish': { input: z.object({ operationId: z.string() }), output: nothing },

  /** Cameras that the engine can open by itself; none where the system gives no list of them. */
  'live.cameras': { input: nothing, output: z.object({ cameras: z.array(liveCameraSchema) }) },
  /** Ends what is open and opens a live source; the operation (kind `live`) runs as long as it is live, and cancelling it ends it as `live.stop` does. */
  'live.start': { input: z.object({ source: liveSourceSchema }), output: z.object({ operationId: z.string() }) },
  /** A piece of the recording of a `window` source. Whoever sends owns it: when that window goes away it ends and is kept. */
  'live.append': { input: z.object({ operationId: z.string(), data: z.base64().max(uploadPieceText) }), output: nothing },
  /** Answered when the recording is whole and open as a clip, with everything that was made live. */
  'live.stop': { input: nothing, output: nothing },
  /** Whether objects are followed on new frames; the first prompt switches it on. */
  'live.setTracking': { input: z.object({ isOn: z.boolean() }), output: nothing },

  'session.openSample': { input: nothing, output: nothing },
  'session.close': { input: nothing, output: nothing },

  /** Opens a project's folder where it was left. `session.open` does so too when it is given one. */
  'project.open': { input: z.object({ path: z.string().min(1) }), output: nothing },
  /** Shows where the clip of a project is now and opens it; refused (`source-changed`) when the file is another one. */
  'project.relink': { input: z.object({ project: z.string().min(1), path: z.string().min(1) }), output: nothing },
  /** Starts copying the open project into `directory` as one folder that opens anywhere, with its clip inside or without. */
  'project.export': {
    input: z.object({ directory: z.string().min(1), withClip: z.boolean() }),
    output: z.object({ operationId: z.string() }),
  },
  /** Takes a project off the recents; its folder stays. */
  'project.forget': { input: z.object({ path: z.string() }), output: nothing },
  /** A recent project's picture as a data: address, null without one. */
  'project.thumbnail': { input: z.object({ path: z.string() }), output: z.object({ url: z.string().nullable() }) },

  /** Answers with a binary frame message of the same request id. Only the newest request of a client is sure to be answered. */
  'frame.get': {
    input: z.object({
      requestId: z.number().int().positive(),
      frame: frameNumber,
      /** Asks for a thumbnail, which never gets in the way of other pictures: any frame before this one will do; the message says which it is. */
      until: frameNumber.optional(),
      maxWidth: z.number().int().min(64).max(4096),
      maxHeight: z.number().int().min(64).max(4096),
    }),
    output: nothing,
  },

  'object.add': { input: z.object({ name: z.string().max(200).optional() }), output: z.object({ objectId }) },
  'object.update': {
    input: z.object({
      objectId,
      others,
      name: z.string().min(1).max(200).optional(),
      color: z.string().optional(),
      visible: z.boolean().optional(),
      solo: z.boolean().optional(),
      locked: z.boolean().optional(),
    }),
    output: nothing,
  },
  /** All objects, in their new order. */
  'object.reorder': { input: z.object({ objectIds: z.array(objectId) }), output: nothing },
  /** The objects become one, `into`, whose mask is their union on every frame. */
  'object.merge': { input: z.object({ objectIds: z.array(objectId).min(1).max(100), into: objectId }), output: nothing },
  /** How the object is on each frame. @param since the revision known already: only what changed after it is told */
  'object.lane': { input: z.object({ objectId, since: z.number().int().nonnegative().default(0) }), output: laneSchema },

  /** Takes back the last step, or does it again; the label of the step, null when there was none. */
  'history.undo': { input: nothing, output: z.object({ label: z.string().nullable() }) },
  'history.redo': { input: nothing, output: z.object({ label: z.string().nullable() }) },
  'session.setMarks': { input: marksChangeSchema, output: nothing },
  /** Remembers the frame the user looks at; the window calls it when the playhead rests. */
  'session.setPosition': { input: z.object({ frame: frameNumber }), output: nothing },
  /** The user rests on a frame, so a click there is likely; nothing is changed by it. */
  'session.attend': { input: z.object({ frame: frameNumber }), output: nothing },
  /** Presentation times of frames `from` to `to` in ms from the first frame, exact at a variable rate; at most 10,000 frames. */
  'session.frameTimes': {
    input: z.object({ from: frameNumber, to: frameNumber }),
    output: z.object({ timesMs: z.array(z.number()) }),
  },
  'object.remove': { input: z.object({ objectId, others }), output: nothing },

  /** Replaces all prompts of an object on a frame; the mask is computed at once and pushed as a frame message without planes. */
  'prompt.set': {
    input: z.object({ objectId, frame: frameNumber, points: z.array(pointSchema).max(200), box: boxSchema.nullable() }),
    output: nothing,
  },
  'prompt.setMask': { input: z.object({ objectId, frame: frameNumber, mask: maskSchema }), output: nothing },
  /** Takes another of the masks that the model makes of a frame's points: the next one, or that of `index`. */
  'prompt.candidate': {
    input: z.object({ objectId, frame: frameNumber, index: z.number().int().min(0).max(3).optional() }),
    output: z.object({ index: z.number().int(), count: z.number().int() }),
  },
  'prompt.clear': { input: z.object({ objectId, frame: frameNumber }), output: nothing },

  /** How objects are remembered while they are tracked, from the next run on; also for clips opened later. */
  'session.setMemory': { input: z.object({ memory: memorySettingsSchema }), output: nothing },
  /** What happened in an object's memory tree on frames `from` to `to`, by frame; at most 5000 events, the newest. */
  'tree.get': {
    input: z.object({ objectId, from: frameNumber, to: frameNumber }),
    output: z.object({ events: z.array(treeEventSchema) }),
  },

  'track.start': {
    input: z.object({
      direction: trackDirectionSchema,
      from: frameNumber.optional(),
      to: frameNumber.optional(),
      objectIds: z.array(objectId).optional(),
    }),
    output: z.object({ operationId: z.string() }),
  },
  /** Refused (`disk-full`) when the disk has less room than the estimate. */
  'export.start': { input: exportChoiceSchema, output: z.object({ operationId: z.string() }) },
  /** @param measure encode some of the clip to find out, which takes a moment. About how many bytes it will be, how many are free, and the folder that would be made. */
  'export.estimate': { input: exportChoiceSchema.extend({ measure: z.boolean().default(false) }), output: exportEstimateSchema },

  /** What the app uses now. `waiting` counts the calls the engine has not answered; its memory is null while there is no engine. */
  'app.usage': {
    input: nothing,
    output: z.object({ hostBytes: z.number(), engineBytes: z.number().nullable(), waiting: z.number().int() }),
  },
  /** The newest lines of the app's log, oldest first. */
  'app.log': { input: z.object({ lines: z.number().int().min(1).max(2000) }), output: z.object({ lines: z.array(z.string()) }) },
  /** What this machine has of what the app needs. */
  'app.doctor': { input: nothing, output: doctorReportSchema },
  /** Text for a report; without `withPaths` it names none of the user's files. */
  'app.diagnostics': { input: z.object({ withPaths: z.boolean() }), output: z.object({ text: z.string() }) },

  /** Checked by the table in settings.ts, and kept. */
  'settings.set': { input: z.object({ key: z.string().max(100), value: z.unknown() }), output: nothing },
  /** One setting, or all of them, as they come with the app. */
  'settings.reset': { input: z.object({ key: z.string().max(100).optional() }), output: nothing },
  'settings.useProfile': { input: z.object({ profile: z.enum(profileNames) }), output: nothing },

  'operation.cancel': { input: z.object({ operationId: z.string() }), output: nothing },

  /** Looks at the disk again; what is there is then in the state. */
  'model.list': { input: nothing, output: nothing },
  /** Starts fetching a model's checkpoint; how it goes is in the state. A download that was cut or cancelled goes on. */
  'model.download': { input: z.object({ id: modelId }), output: nothing },
  /** Ends a model's download or import; what was downloaded is kept. */
  'model.cancelDownload': { input: z.object({ id: modelId }), output: nothing },
  /** Starts installing a checkpoint file; without an id the model it fits is found. */
  'model.import': { input: z.object({ id: modelId.nullable(), path: z.string().min(1) }), output: z.object({ id: modelId }) },
  /** Starts reading an installed model again and comparing it with what is known of it. */
  'model.verify': { input: z.object({ id: modelId }), output: nothing },
  'model.remove': { input: z.object({ id: modelId }), output: nothing },
  /** Puts a model to work. The clip, its objects and their prompts stay; frames with prompts get the new model's masks. */
  'model.use': { input: z.object({ id: modelId, imageSize: z.number().int().positive() }), output: nothing },
  /** Measures the model at work on the bundled clip; what comes of it is in the state. Refused (`busy`) while something runs. */
  'model.measure': { input: nothing, output: nothing },
  /** The proxy for downloads; null = what the environment says. */
  'model.setProxy': { input: z.object({ proxy: z.string().max(500).nullable() }), output: nothing },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type Contract = typeof contract;
export type Method = keyof Contract;
export type MethodInput<M extends Method> = z.infer<Contract[M]['input']>;
export type MethodOutput<M extends Method> = z.infer<Contract[M]['output']>;

export const isMethod = (name: string): name is Method => Object.hasOwn(contract, name);

/** What a host offers beyond the contract; a client hides what is absent. */
export const hostInfoSchema = z.object({
  protocolVersion: z.literal(protocolVersion),
  host: z.enum(['electron', 'web']),
  appVersion: z.string(),
});
export type HostInfo = z.infer<typeof hostInfoSchema>;

/** Text messages, client to host. */
export const requestMessageSchema = z.object({ t: z.literal('req'), id: z.number().int().positive(), m: z.string(), a: z.unknown() });

/** Text messages, host to client. */
export const hostMessageSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('hello'), info: hostInfoSchema }),
  z.object({ t: z.literal('res'), id: z.number().int(), ok: z.literal(true), r: z.unknown() }),
  z.object({ t: z.literal('err'), id: z.number().int(), e: serializedErrorSchema }),
  z.object({ t: z.literal('state'), state: stateSchema }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;
