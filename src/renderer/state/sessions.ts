/**
 * Which session the window shows, and how its state follows the host's: the app's, and that of the session on screen.
 * Pure; what is sent to the host about it is in mirror-host.ts.
 */
import type { AppState, Session, SessionSummary } from '../../shared/contract/state.ts';
import { type FramePrompt, isEmptyPrompt } from '../../shared/prompts.ts';
import { freshView, type LeftSession, type SessionView, viewOf } from './session-view.ts';
import { promptKey, type WindowState } from './window-state.ts';

const mostClosed = 20;

const noSummaries: readonly SessionSummary[] = [];

/** The tabs, in their order. */
export const sessionsOf = (state: Pick<WindowState, 'host'>): readonly SessionSummary[] => state.host?.sessions ?? noSummaries;

/** Shows another session, or none; it is as this window left it. */
export const withActive = (state: WindowState, id: string | null): WindowState => {
  if (id === state.activeId) return state;
  const left: Record<string, LeftSession> = { ...state.left };
  if (state.activeId !== null) left[state.activeId] = { session: state.session, view: viewOf(state) };
  const back = id === null ? undefined : left[id];
  if (id !== null) delete left[id];
  return {
    ...state,
    left,
    activeId: id,
    session: back?.session ?? null,
    ...(back?.view ?? freshView),
    isPlaying: false,
    drawingShare: 1,
    mergingId: null,
    renamingId: null,
    recoloringId: null,
    hoveredId: null,
    isAskingPlace: false,
    // These are about the session that was on screen.
    dialog: state.dialog === 'export' || state.dialog === 'copy' ? null : state.dialog,
  };
};

/** Changes the view of a session, whether or not it is the one on screen now. */
export const withView = (state: WindowState, sessionId: string, change: Partial<SessionView>): WindowState => {
  if (sessionId === state.activeId) return { ...state, ...change };
  const left = state.left[sessionId];
  return left ? { ...state, left: { ...state.left, [sessionId]: { ...left, view: { ...left.view, ...change } } } } : state;
};

/** A session's state as far as this window knows it. */
export const sessionOf = (state: Pick<WindowState, 'session' | 'activeId' | 'left'>, sessionId: string): Session | null =>
  (sessionId === state.activeId ? state.session : state.left[sessionId]?.session) ?? null;

/** The session to show in place of one that is gone. */
const successor = (gone: string, before: readonly SessionSummary[], now: readonly SessionSummary[]): string | null => {
  const heir = now.find(({ replaces }) => replaces === gone);
  if (heir) return heir.id;
  const place = before.findIndex(({ id }) => id === gone);
  const stayed = (from: readonly SessionSummary[]): string | undefined =>
    from.find(({ id }) => now.some((session) => session.id === id))?.id;
  return stayed(before.slice(place + 1)) ?? stayed(before.slice(0, place).reverse()) ?? now.at(-1)?.id ?? null;
};

const activeIn = (state: WindowState, host: AppState): string | null => {
  const before = sessionsOf(state);
  const now = host.sessions;
  const awaited = host.operations.find(({ id, sessionId }) => sessionId !== null && state.awaited.includes(id));
  if (awaited) return awaited.sessionId;
  // The app may be opening its sessions one after another: until the one from before is there, the newest stands in.
  const wanted =
    state.wanted &&
    (now.find(({ id }) => id === state.wanted?.id) ?? now.findLast(({ path }) => path === state.wanted?.path) ?? now.at(-1));
  if (wanted) return wanted.id;
  if (state.activeId === null) return now.at(-1)?.id ?? null;
  if (now.some(({ id }) => id === state.activeId)) return state.activeId;
  // One that was just opened may be in the next state.
  return before.some(({ id }) => id === state.activeId) ? successor(state.activeId, before, now) : state.activeId;
};

/**
 * The tabs stay in the order of this window: what takes the place of a session takes its tab, and new ones are at the
 * end.
 */
const inOrder = (before: readonly SessionSummary[], now: readonly SessionSummary[]): SessionSummary[] => {
  const stayed = before.flatMap(({ id }) => now.find((session) => session.id === id) ?? now.find(({ replaces }) => replaces === id) ?? []);
  const known = new Set(stayed);
  return [...known, ...now.filter((session) => !known.has(session))];
};

/** Moves a tab to the place of another. */
export const withTabMoved = (state: WindowState, id: string, onto: string): WindowState => {
  const sessions = [...sessionsOf(state)];
  const from = sessions.findIndex((session) => session.id === id);
  const to = sessions.findIndex((session) => session.id === onto);
  if (!state.host || from < 0 || to < 0) return state;
  sessions.splice(to, 0, ...sessions.splice(from, 1));
  return { ...state, host: { ...state.host, sessions } };
};

/** The folder of a session's work. One that this window never looked at is among the recent ones. */
const projectOf = (state: WindowState, host: AppState, id: string, path: string): string | null =>
  sessionOf(state, id)?.project?.path ?? host.recents.find(({ source }) => source === path)?.path ?? null;

/**
 * The host's state of the app replaces the former one; an older one is dropped. A session that was closed gives way to
 * its neighbour.
 */
export const withHostState = (state: WindowState, host: AppState): WindowState => {
  if (state.host && host.revision < state.host.revision) return state;
  const activeId = activeIn(state, host);
  const isOpen = (id: string): boolean => host.sessions.some((session) => session.id === id);
  const closed = sessionsOf(state)
    .filter(({ id, isLive }) => !isOpen(id) && !isLive && !host.sessions.some(({ replaces }) => replaces === id))
    .map(({ id, path }) => ({ path, project: projectOf(state, host, id, path) }));
  const next = withActive(state, activeId);
  return {
    ...next,
    host: { ...host, sessions: inOrder(sessionsOf(state), host.sessions) },
    left: Object.fromEntries(Object.entries(next.left).filter(([id]) => isOpen(id))),
    wanted: activeId !== null && host.sessions.some(({ id, path }) => id === activeId && isWanted(state, id, path)) ? null : state.wanted,
    awaited: state.awaited.filter((id) => {
      const operation = host.operations.find((each) => each.id === id);
      // One that the host has yet to tell of is waited for.
      return !operation || (operation.state === 'running' && operation.sessionId === null);
    }),
    ...(closed.length > 0 && {
      closed: [...state.closed.filter((one) => !closed.some(({ path }) => path === one.path)), ...closed].slice(-mostClosed),
    }),
  };
};

const isWanted = ({ wanted }: WindowState, id: string, path: string): boolean => wanted?.id === id || wanted?.path === path;

/** The state of the session on screen replaces the former one; that of another session, or an older one, is dropped. */
export const withSession = (state: WindowState, session: Session): WindowState => {
  if (session.id !== state.activeId) return state;
  if (state.session === null) {
    const { position } = session;
    // Where the user was when the clip was open last.
    return { ...state, session, playhead: position, shownFrame: position };
  }
  if (session.revision < state.session.revision) return state;
  const wasKnown = state.session.objects.some(({ id }) => id === state.selectedId);
  const isGone = wasKnown && !session.objects.some(({ id }) => id === state.selectedId);
  return {
    ...state,
    session,
    drafts: withoutTold(state.drafts, session),
    ...(isGone && { selectedId: null, alsoSelected: [] }),
  };
};

/** The drafts without those that the host knows by now. */
const withoutTold = (drafts: WindowState['drafts'], { id: sessionId, objects }: Session): WindowState['drafts'] => {
  const isTold = (key: string, draft: FramePrompt): boolean => {
    if (!key.startsWith(`${sessionId}:`)) return false;
    const object = objects.find(({ id }) => key === promptKey(sessionId, id, draft.frame));
    const told = object?.prompts.find(({ frame }) => frame === draft.frame);
    return told ? isSamePrompt(told, draft) : isEmptyPrompt(draft);
  };
  return Object.fromEntries(Object.entries(drafts).filter(([key, draft]) => !isTold(key, draft)));
};

const isSamePrompt = (a: FramePrompt, b: FramePrompt): boolean =>
  JSON.stringify([a.points, a.box, a.mask]) === JSON.stringify([b.points, b.box, b.mask]);

/** A host that was started again counts its revisions from the beginning, and has opened its sessions anew. */
export const withFreshHost = (state: WindowState): WindowState => {
  const forget = (session: Session | null): Session | null => session && { ...session, revision: -1 };
  const path = sessionsOf(state).find(({ id }) => id === state.activeId)?.path ?? null;
  return {
    ...state,
    host: state.host && { ...state.host, revision: -1 },
    session: forget(state.session),
    left: Object.fromEntries(Object.entries(state.left).map(([id, { session, view }]) => [id, { session: forget(session), view }])),
    wanted: state.activeId === null ? state.wanted : { id: state.activeId, path },
  };
};
