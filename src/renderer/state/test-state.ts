/** States of the host for tests. */
import type { AppState, Operation, Session, SessionSummary, TrackedObject } from '../../shared/contract/state.ts';
import { noMarks } from '../../shared/session-state.ts';
import { noHistory, noModels, noSessionMemory, noSettings } from '../../shared/testing/empty-state.ts';
import { withHostState, withSession } from './sessions.ts';
import { initialWindowState, type WindowState } from './window-state.ts';

export const testObject = (id: number, change: Partial<TrackedObject> = {}): TrackedObject => ({
  id,
  name: `Object ${id}`,
  color: '#ff5a5f',
  visible: true,
  solo: false,
  locked: false,
  stale: false,
  laneRevision: 0,
  prompts: [],
  results: [],
  foundFrames: 0,
  ...change,
});

export const testSummary = (id: string, change: Partial<SessionSummary> = {}): SessionSummary => ({
  id,
  title: `${id}.mp4`,
  path: `/${id}.mp4`,
  isLive: false,
  isStream: false,
  isAsleep: false,
  replaces: null,
  ...change,
});

/** @param sessions ids, or whole summaries */
export const testHost = (
  revision: number,
  sessions: readonly (string | SessionSummary)[] = ['a'],
  change: Partial<AppState> = {},
): AppState => ({
  revision,
  sessions: sessions.map((session) => (typeof session === 'string' ? testSummary(session) : session)),
  operations: [],
  recents: [],
  settings: noSettings,
  engine: { state: 'ready', message: null },
  models: noModels,
  streams: [],
  notices: [],
  ...change,
});

export const testSession = (id: string, revision: number, objects: TrackedObject[] = [], change: Partial<Session> = {}): Session => ({
  id,
  revision,
  media: {
    name: `${id}.mp4`,
    path: `/${id}.mp4`,
    width: 640,
    height: 360,
    frameCount: 50,
    durationMs: 2000,
    averageFps: 25,
    isVariableFrameRate: false,
    hasAudio: false,
    codec: 'h264',
  },
  model: { id: 'nano', name: 'nano', imageSize: 320, provider: 'cpu', providerReason: '' },
  objects,
  review: [],
  memory: noSessionMemory(),
  history: noHistory,
  marks: noMarks,
  position: 0,
  live: null,
  project: null,
  ...change,
});

export const testOperation = (id: string, change: Partial<Operation> = {}): Operation => ({
  id,
  kind: 'track',
  sessionId: 'a',
  title: '',
  state: 'running',
  done: 0,
  total: 1,
  framesPerSecond: null,
  etaMs: null,
  error: null,
  outputs: [],
  ...change,
});

/** A window that shows session "a". */
export const windowOn = (objects: TrackedObject[] = []): WindowState =>
  withSession(withHostState({ ...initialWindowState, link: 'open' }, testHost(1)), testSession('a', 1, objects));
