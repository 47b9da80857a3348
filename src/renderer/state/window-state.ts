/**
 * What the window shows: the host's state as it was last told, and what is the window's own (selection, playhead, dialogs).
 * Pictures and masks are never here. The functions are pure; app-store.ts keeps the value.
 */

import type { CommandContext } from '../../shared/command-spec.ts';
import type { AppState, Operation, TrackedObject } from '../../shared/contract/state.ts';
import type { TrackDirection } from '../../shared/contract/tracking.ts';
import type { HostInfo } from '../../shared/contract.ts';
import type { LiveState } from '../../shared/live.ts';
import { type FramePrompt, isEmptyPrompt } from '../../shared/prompts.ts';
import { type Marks, noMarks } from '../../shared/session-state.ts';
import type { LinkState } from '../transport/transport.ts';
import { defaultPreferences, type Preferences } from './preferences.ts';

export interface Toast {
  id: number;
  level: 'info' | 'warning' | 'error';
  text: string;
  /** Of several messages about one thing the last one is shown: ten steps taken back do not cover the picture. */
  about?: 'history' | undefined;
}

export type DialogName = 'open' | 'export' | 'shortcuts' | 'models' | 'palette' | 'settings' | 'log' | 'copy' | 'camera';

export type ToolName = 'point' | 'box' | 'brush' | 'eraser' | 'hand';

export interface WindowState {
  host: AppState | null;
  info: HostInfo | null;
  link: LinkState;
  /** The object that clicks refine. */
  selectedId: number | null;
  /** Objects selected beside it: what is done to several is done to these too. */
  alsoSelected: readonly number[];
  /** The object that is to be merged with another, which is being asked for. */
  mergingId: number | null;
  /** What a plain click means: 1 = the object is here, 0 = it is not. */
  promptLabel: 0 | 1;
  /** Where the user is; the picture follows. */
  playhead: number;
  /** The frame whose picture is on screen. */
  shownFrame: number;
  isPlaying: boolean;
  /** Of the canvas's pixels along each side, that the picture is drawn with; less than 1 while it plays alone. */
  drawingShare: number;
  /** The playhead goes along with the frames being tracked. */
  isFollowing: boolean;
  /** Prompts the host has been sent but has not told back yet, by promptKey. */
  drafts: Readonly<Record<string, FramePrompt>>;
  /** Objects whose mask on the shown frame is being computed. */
  computing: number;
  tool: ToolName;
  /** Strokes of the brush that are not applied yet. */
  strokeCount: number;
  /** Where the keyboard points in the picture, in source px; null until it does. */
  keyPointer: { x: number; y: number } | null;
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
  toasts: readonly Toast[];
  isOpening: boolean;
  /** What this window remembers between starts. */
  prefs: Preferences;
  /** The theme in use, after the system was asked. */
  theme: 'light' | 'dark';
}

export const initialWindowState: WindowState = {
  host: null,
  info: null,
  link: 'connecting',
  selectedId: null,
  alsoSelected: [],
  mergingId: null,
  promptLabel: 1,
  playhead: 0,
  shownFrame: 0,
  isPlaying: false,
  drawingShare: 1,
  isFollowing: false,
  drafts: {},
  computing: 0,
  tool: 'point',
  strokeCount: 0,
  keyPointer: null,
  hoveredId: null,
  shuttleRate: 1,
  areMasksVisible: true,
  trackDirection: 'both',
  trackScope: 'all',
  dialog: null,
  renamingId: null,
  isAskingPlace: false,
  recoloringId: null,
  toasts: [],
  isOpening: false,
  prefs: defaultPreferences,
  theme: 'dark',
};

export const promptKey = (objectId: number, frame: number): string => `${objectId}:${frame}`;

const isSamePrompt = (a: FramePrompt, b: FramePrompt): boolean =>
  JSON.stringify([a.points, a.box, a.mask]) === JSON.stringify([b.points, b.box, b.mask]);

/** The host's state replaces the former one; an older one is dropped. A new clip starts the window's own state afresh. */
export const withHostState = (state: WindowState, host: AppState): WindowState => {
  if (state.host && host.revision < state.host.revision) return state;
  const isNewSession = state.host?.session?.id !== host.session?.id;
  if (isNewSession) {
    return {
      ...state,
      host,
      selectedId: null,
      alsoSelected: [],
      mergingId: null,
      promptLabel: 1,
      // Where the user was when the clip was open last.
      playhead: host.session?.position ?? 0,
      shownFrame: host.session?.position ?? 0,
      isPlaying: false,
      drawingShare: 1,
      // A clip that is already being tracked is watched, until the user moves.
      isFollowing: true,
      drafts: {},
      renamingId: null,
      isAskingPlace: false,
      recoloringId: null,
      tool: 'point',
      strokeCount: 0,
      keyPointer: null,
      dialog: state.dialog === 'open' || state.dialog === 'export' ? null : state.dialog,
    };
  }
  const objects = host.session?.objects ?? [];
  const drafts = Object.fromEntries(
    Object.entries(state.drafts).filter(([key, draft]) => {
      const object = objects.find(({ id }) => key === promptKey(id, draft.frame));
      const told = object?.prompts.find(({ frame }) => frame === draft.frame);
      return told ? !isSamePrompt(told, draft) : !isEmptyPrompt(draft);
    }),
  );
  const wasKnown = state.host?.session?.objects.some(({ id }) => id === state.selectedId) ?? false;
  const isGone = wasKnown && !objects.some(({ id }) => id === state.selectedId);
  return { ...state, host, drafts, ...(isGone && { selectedId: null, alsoSelected: [] }) };
};

/** The selected objects in the order of the list. */
export const selectedObjects = (state: Pick<WindowState, 'host' | 'selectedId' | 'alsoSelected'>): readonly TrackedObject[] =>
  objectsOf(state).filter(({ id }) => id === state.selectedId || state.alsoSelected.includes(id));

/** The selection with an object put in or taken out. The one that clicks refine goes over to another when it is taken out. */
export const withToggled = (
  state: Pick<WindowState, 'host' | 'selectedId' | 'alsoSelected'>,
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
export const promptOn = (state: Pick<WindowState, 'drafts' | 'host'>, objectId: number, frame: number): FramePrompt => {
  const draft = state.drafts[promptKey(objectId, frame)];
  if (draft) return draft;
  const object = state.host?.session?.objects.find(({ id }) => id === objectId);
  return object?.prompts.find((prompt) => prompt.frame === frame) ?? { frame, points: [], box: null, mask: null };
};

/** Which of the model's masks the selected object has on the frame on screen; null where there is no choice. 0 = the best one. */
export const maskChoice = (state: WindowState): number | null => {
  if (state.selectedId === null) return null;
  const { points, box, candidate } = promptOn(state, state.selectedId, state.shownFrame);
  return points.length > 0 || box ? (candidate === undefined ? 0 : candidate + 1) : null;
};

export const objectsOf = (state: Pick<WindowState, 'host'>): readonly TrackedObject[] => state.host?.session?.objects ?? noObjects;
const noObjects: readonly TrackedObject[] = [];

/** Of a source that is live; null for a clip. */
export const liveOf = (state: Pick<WindowState, 'host'>): LiveState | null => state.host?.session?.live ?? null;

export const runningOperation = (state: Pick<WindowState, 'host'>, kind: Operation['kind']): Operation | null =>
  state.host?.operations.find((operation) => operation.kind === kind && operation.state === 'running') ?? null;

export const trackedFrames = (object: Pick<TrackedObject, 'results'>): number =>
  object.results.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** Everything the user said of an object: points, boxes and masks on all frames. */
export const promptCount = (object: Pick<TrackedObject, 'prompts'>): number =>
  object.prompts.reduce((sum, { points, box, mask }) => sum + points.length + (box ? 1 : 0) + (mask ? 1 : 0), 0);

export const commandContext = (state: WindowState): CommandContext => {
  const objects = objectsOf(state);
  return {
    hasSession: state.host?.session != null,
    hasProject: state.host?.project != null,
    hasSelection: state.selectedId !== null,
    hasSeveral: objects.length > 1,
    hasPrompts: objects.some((object) => object.prompts.length > 0),
    hasMarks: marksOf(state).in !== null || marksOf(state).out !== null,
    canUndo: state.host?.session?.history.undo != null,
    canRedo: state.host?.session?.history.redo != null,
    hasMaskChoice: maskChoice(state) !== null,
    hasStrokes: state.strokeCount > 0,
    hasResults: objects.some((object) => object.results.length > 0),
    isEngineReady: state.host?.engine.state === 'ready' && state.link === 'open',
    isTracking: runningOperation(state, 'track') !== null,
    isFollowing: state.isFollowing,
    isLive: liveOf(state) !== null,
    isFetching: runningOperation(state, 'import') !== null,
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

/** Where the nearest gap before or after `frame` begins, or null. */
export const neighbourGap = (
  objects: readonly Pick<TrackedObject, 'results'>[],
  frameCount: number,
  frame: number,
  direction: 1 | -1,
): number | null => {
  let best: number | null = null;
  for (const { results } of objects) {
    for (const [first] of gapsOf(results, frameCount)) {
      if ((first - frame) * direction > 0 && (best === null || (first - best) * direction < 0)) best = first;
    }
  }
  return best;
};

/** The nearest frame that deserves a look before or after `frame`, or null. @param objectId one object, or null for all */
export const neighbourUnsure = (
  review: readonly { objectId: number; frame: number }[],
  objectId: number | null,
  frame: number,
  direction: 1 | -1,
): number | null => {
  let best: number | null = null;
  for (const doubt of review) {
    if (objectId !== null && doubt.objectId !== objectId) continue;
    if ((doubt.frame - frame) * direction > 0 && (best === null || (doubt.frame - best) * direction < 0)) best = doubt.frame;
  }
  return best;
};

/** Objects whose masks are drawn: those shown alone, or else all that are not hidden. */
export const shownObjects = (objects: readonly TrackedObject[]): readonly TrackedObject[] => {
  const solo = objects.filter((object) => object.solo);
  return solo.length > 0 ? solo : objects.filter((object) => object.visible);
};

export const marksOf = (state: Pick<WindowState, 'host'>): Marks => state.host?.session?.marks ?? noMarks;

let nextToastId = -1;

/** Adds a message of the window's own; the same text is not said twice. Ids are negative, apart from the host's notices. */
export const withToast = (state: WindowState, level: Toast['level'], text: string, about?: Toast['about']): WindowState => {
  const others = about ? state.toasts.filter((toast) => toast.about !== about) : state.toasts;
  return others.some((toast) => toast.text === text)
    ? state
    : { ...state, toasts: [...others.slice(-4), { id: nextToastId--, level, text, about }] };
};
