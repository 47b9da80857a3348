/**
 * What the window shows: the state of the app and of the session on screen as the host last told them, and what is the
 * window's own (selection, playhead, dialogs). Pictures and masks are never here. The functions are pure; app-store.ts
 * keeps the value.
 */

import type { CandidateMask } from '../../shared/candidates.ts';
import type { CommandContext } from '../../shared/command-spec.ts';
import type { AppState, Operation, Session, TrackedObject } from '../../shared/contract/state.ts';
import type { TrackDirection } from '../../shared/contract/tracking.ts';
import type { HostInfo } from '../../shared/contract.ts';
import type { LiveState } from '../../shared/live.ts';
import type { FramePrompt } from '../../shared/prompts.ts';
import type { ReviewEntry } from '../../shared/review.ts';
import { type Marks, noMarks } from '../../shared/session-state.ts';
import type { LinkState } from '../transport/transport.ts';
import { defaultPreferences, type Preferences } from './preferences.ts';
import { freshView, type LeftSession, type SessionView } from './session-view.ts';

export interface Toast {
  id: number;
  level: 'info' | 'warning' | 'error';
  text: string;
  /** Of several messages about one thing the last one is shown: ten steps taken back do not cover the picture. */
  about?: 'history' | undefined;
  /** The session it is about; there is a way to its tab. */
  sessionId?: string | undefined;
}

export type DialogName =
  | 'open'
  | 'recents'
  | 'export'
  | 'shortcuts'
  | 'models'
  | 'palette'
  | 'settings'
  | 'log'
  | 'copy'
  | 'camera'
  | 'streams'
  | 'close';

/** A clip that can be opened again. */
interface ClosedClip {
  path: string;
  /** The folder of its work; null when none was kept. */
  project: string | null;
}

export interface WindowState extends SessionView {
  host: AppState | null;
  info: HostInfo | null;
  link: LinkState;
  /** The session on screen; null while none is open. */
  activeId: string | null;
  /** Its state; null until the host has told it. */
  session: Session | null;
  /** The other sessions this window has looked at, by id. */
  left: Readonly<Record<string, LeftSession>>;
  /**
   * The session looked at before the page or the app was started; null when it is back, or the user has begun to work.
   */
  wanted: { id: string | null; path: string | null } | null;
  /** Operations whose session is shown as soon as they have opened it. */
  awaited: readonly string[];
  /** The clips that were closed, the newest last. */
  closed: readonly ClosedClip[];
  /** The session whose closing is being asked about. */
  closingId: string | null;
  /** Objects that are being merged into another, by session; they are gone when the host has done it. */
  merging: readonly { sessionId: string; objectId: number; into: number }[];
  /** The object that is to be merged with another, which is being asked for. */
  mergingId: number | null;
  isPlaying: boolean;
  /** Of the canvas's pixels along each side, that the picture is drawn with; less than 1 while it plays alone. */
  drawingShare: number;
  /** Prompts the host has been sent but has not told back yet, by promptKey. */
  drafts: Readonly<Record<string, FramePrompt>>;
  /** The sessions of the prompts whose masks are being computed, one entry for each. */
  computing: readonly string[];
  /** Strokes of the brush that are not applied yet. */
  strokeCount: number;
  /** The object under the pointer. */
  hoveredId: number | null;
  /** 1 = the clip's own speed; negative = backward. */
  shuttleRate: number;
  areMasksVisible: boolean;
  trackDirection: TrackDirection;
  trackScope: 'all' | 'selected';
  dialog: DialogName | null;
  renamingId: number | null;
  /** The frame to go to is being typed. */
  isAskingPlace: boolean;
  recoloringId: number | null;
  /** The masks to choose from, of the prompt that they were made of; null until the user asks for another mask. */
  candidates: { key: string; masks: readonly CandidateMask[] } | null;
  toasts: readonly Toast[];
  isOpening: boolean;
  /** What the host is making a clip of for this window, the newest. */
  opening: { path: string; operationId: string; sinceMs: number } | null;
  /** What the dialog for opening begins with: an address that could not be opened, and why. */
  failedOpening: { path: string; error: string } | null;
  /** What this window remembers between starts. */
  prefs: Preferences;
  /** The theme in use, after the system was asked. */
  theme: 'light' | 'dark';
}

export const initialWindowState: WindowState = {
  ...freshView,
  isFollowing: false,
  host: null,
  info: null,
  link: 'connecting',
  activeId: null,
  session: null,
  left: {},
  wanted: null,
  awaited: [],
  closed: [],
  closingId: null,
  mergingId: null,
  merging: [],
  isPlaying: false,
  drawingShare: 1,
  drafts: {},
  computing: [],
  strokeCount: 0,
  hoveredId: null,
  shuttleRate: 1,
  areMasksVisible: true,
  trackDirection: 'both',
  trackScope: 'all',
  dialog: null,
  renamingId: null,
  isAskingPlace: false,
  recoloringId: null,
  candidates: null,
  toasts: [],
  isOpening: false,
  opening: null,
  failedOpening: null,
  prefs: defaultPreferences,
  theme: 'dark',
};

export const promptKey = (sessionId: string, objectId: number, frame: number): string => `${sessionId}:${objectId}:${frame}`;

/** The selected objects in the order of the list. */
export const selectedObjects = (state: Pick<WindowState, 'session' | 'selectedId' | 'alsoSelected'>): readonly TrackedObject[] =>
  objectsOf(state).filter(({ id }) => id === state.selectedId || state.alsoSelected.includes(id));

/**
 * The selection with an object put in or taken out. The one that clicks refine goes over to another when it is taken
 * out.
 */
export const withToggled = (
  state: Pick<WindowState, 'session' | 'selectedId' | 'alsoSelected'>,
  id: number,
): Pick<WindowState, 'selectedId' | 'alsoSelected'> => {
  const ids = selectedObjects(state).map((object) => object.id);
  if (!ids.includes(id)) {
    if (state.selectedId === null) return { selectedId: id, alsoSelected: [] };
    return { selectedId: state.selectedId, alsoSelected: [...ids.filter((other) => other !== state.selectedId), id] };
  }
  const rest = ids.filter((other) => other !== id);
  const selectedId = state.selectedId === id ? (rest.at(-1) ?? null) : state.selectedId;
  return { selectedId, alsoSelected: rest.filter((other) => other !== selectedId) };
};

/** Prompts of an object on a frame as the user sees them: what was just done counts before the host tells it back. */
export const promptOn = (
  { drafts, session }: { drafts: WindowState['drafts']; session: Pick<Session, 'id' | 'objects'> | null },
  objectId: number,
  frame: number,
): FramePrompt => {
  const draft = session && drafts[promptKey(session.id, objectId, frame)];
  if (draft) return draft;
  const object = session?.objects.find(({ id }) => id === objectId);
  return object?.prompts.find((prompt) => prompt.frame === frame) ?? { frame, points: [], box: null, mask: null };
};

/**
 * Which of the model's masks the selected object has on the frame on screen; null where there is no choice. 0 = the
 * best one.
 */
export const maskChoice = (state: WindowState): number | null => {
  if (state.selectedId === null) return null;
  const { points, box, candidate } = promptOn(state, state.selectedId, state.shownFrame);
  return points.length > 0 || box ? (candidate === undefined ? 0 : candidate + 1) : null;
};

/**
 * Names the clicks of the selected object on the frame on screen, whose masks there are to choose from; null where
 * there are none.
 */
export const candidateKey = (state: WindowState): string | null => {
  if (state.selectedId === null || state.session === null || maskChoice(state) === null) return null;
  const { points, box } = promptOn(state, state.selectedId, state.shownFrame);
  return JSON.stringify([state.session.id, state.selectedId, state.shownFrame, points, box]);
};

export const objectsOf = (state: Pick<WindowState, 'session'>): readonly TrackedObject[] => state.session?.objects ?? noObjects;
const noObjects: readonly TrackedObject[] = [];

/** Of a source that is live; null for a clip. */
/** Whether the session on screen is the view of a stream. */
export const isStreamView = ({ host, activeId }: Pick<WindowState, 'host' | 'activeId'>): boolean =>
  host?.sessions.some(({ id, isStream }) => id === activeId && isStream) ?? false;

export const liveOf = (state: Pick<WindowState, 'session'>): LiveState | null => state.session?.live ?? null;

/** Work of one session. */
type SessionWork = Extract<Operation['kind'], 'track' | 'find' | 'export' | 'copy' | 'live'>;

/** What runs on the session on screen. */
export const runningOperation = (state: Pick<WindowState, 'host' | 'activeId'>, kind: SessionWork): Operation | null =>
  state.activeId === null
    ? null
    : (state.host?.operations.find(
        (operation) => operation.kind === kind && operation.state === 'running' && operation.sessionId === state.activeId,
      ) ?? null);

/** What runs anywhere in the app. */
export const runningAnywhere = (state: Pick<WindowState, 'host'>, kind: Operation['kind']): Operation | null =>
  state.host?.operations.find((operation) => operation.kind === kind && operation.state === 'running') ?? null;

export const trackedFrames = (object: Pick<TrackedObject, 'results'>): number =>
  object.results.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** Everything the user said of an object: points, boxes and masks on all frames. */
export const promptCount = (object: Pick<TrackedObject, 'prompts'>): number =>
  object.prompts.reduce((sum, { points, box, mask }) => sum + points.length + (box ? 1 : 0) + (mask ? 1 : 0), 0);

export const commandContext = (state: WindowState): CommandContext => {
  const objects = objectsOf(state);
  return {
    hasSession: state.session !== null,
    hasTabs: (state.host?.sessions.length ?? 0) > 1,
    hasClosedTab: state.closed.length > 0,
    hasProject: state.session?.project != null,
    hasSelection: state.selectedId !== null,
    hasSeveral: objects.length > 1,
    hasPrompts: objects.some((object) => object.prompts.length > 0),
    hasMarks: marksOf(state).in !== null || marksOf(state).out !== null,
    canUndo: state.session?.history.undo != null,
    canRedo: state.session?.history.redo != null,
    hasMaskChoice: maskChoice(state) !== null,
    hasStrokes: state.strokeCount > 0,
    hasResults: objects.some((object) => object.results.length > 0),
    isEngineReady: state.host?.engine.state === 'ready' && state.link === 'open',
    isTracking: runningOperation(state, 'track') !== null,
    isFinding: runningOperation(state, 'find') !== null,
    isDrawingRegion: state.findForm.drawing !== null,
    isFollowing: state.isFollowing,
    isLive: liveOf(state) !== null,
    isStream: isStreamView(state),
    isFetching: runningAnywhere(state, 'import') !== null,
    isExporting: runningOperation(state, 'export') !== null,
  };
};

/** The nearest frame with a prompt before or after `frame`, or null. */
export const neighbourPrompt = (objects: readonly TrackedObject[], frame: number, direction: 1 | -1): number | null => {
  let best: number | null = null;
  for (const object of objects) {
    for (const prompt of object.prompts) {
      const distance = (prompt.frame - frame) * direction;
      if (distance > 0 && (best === null || distance < (best - frame) * direction)) best = prompt.frame;
    }
  }
  return best;
};

/** Frames of an object without a result, as inclusive ranges. */
export const gapsOf = (results: readonly (readonly [number, number])[], frameCount: number): [number, number][] => {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [first, last] of results) {
    if (first > next) gaps.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next < frameCount) gaps.push([next, frameCount - 1]);
  return gaps;
};

const noEntries: readonly ReviewEntry[] = [];
const filtered = new WeakMap<readonly ReviewEntry[], Map<number, readonly ReviewEntry[]>>();

/** The object that was chosen for the review, as long as it is there; null = all. */
export const reviewedIdOf = ({ session, reviewedId }: Pick<WindowState, 'session' | 'reviewedId'>): number | null =>
  session?.objects.some(({ id }) => id === reviewedId) ? reviewedId : null;

/** The review list of the session on screen, of the object that was chosen there or of all. */
export const reviewOf = (state: Pick<WindowState, 'session' | 'reviewedId'>): readonly ReviewEntry[] => {
  const all = state.session?.review ?? noEntries;
  const reviewedId = reviewedIdOf(state);
  if (reviewedId === null) return all;
  let byObject = filtered.get(all);
  if (!byObject) {
    byObject = new Map();
    filtered.set(all, byObject);
  }
  let own = byObject.get(reviewedId);
  if (!own) {
    own = all.filter(({ objectId }) => objectId === reviewedId);
    byObject.set(reviewedId, own);
  }
  return own;
};

/** Objects whose masks are drawn: those shown alone, or else all that are not hidden. */
export const shownObjects = (objects: readonly TrackedObject[]): readonly TrackedObject[] => {
  const solo = objects.filter((object) => object.solo);
  return solo.length > 0 ? solo : objects.filter((object) => object.visible);
};

export const marksOf = (state: Pick<WindowState, 'session'>): Marks => state.session?.marks ?? noMarks;

let nextToastId = -1;

/**
 * Adds a message of the window's own; the same text is not said twice. Ids are negative, apart from the host's notices.
 */
export const withToast = (
  state: WindowState,
  level: Toast['level'],
  text: string,
  { about, sessionId }: Pick<Toast, 'about' | 'sessionId'> = {},
): WindowState => {
  const others = about ? state.toasts.filter((toast) => toast.about !== about) : state.toasts;
  return others.some((toast) => toast.text === text)
    ? state
    : { ...state, toasts: [...others.slice(-4), { id: nextToastId--, level, text, about, sessionId }] };
};
