/**
 * What a click, a box and a removal do. Each shows at once as a draft, is sent as the whole prompt of its frame, and
 * calls for one frame are sent one after the other, the newest standing for those that waited. An action belongs to the
 * session it began in.
 */
import { type Box, type CompressedMask, type FramePrompt, isEmptyPrompt, type PromptPoint } from '../../shared/prompts.ts';
import type { StrokePlace } from '../features/viewer/brush.ts';
import { type AppStore, addToast, reportError } from '../state/app-store.ts';
import { sessionOf, withView } from '../state/sessions.ts';
import { candidateKey, maskChoice, objectsOf, promptKey, promptOn } from '../state/window-state.ts';
import type { Client } from '../transport/client.ts';
import { sessionClient } from '../transport/session-client.ts';
import { promptText } from './strings.ts';

export interface PromptActions {
  /** Whether the selected object is protected from changes; the user is then told so. */
  isLocked(): boolean;
  addPoint(point: PromptPoint): Promise<void>;
  setBox(box: Box): Promise<void>;
  removePoint(index: number): Promise<void>;
  removeBox(): Promise<void>;
  clearFrame(): Promise<void>;
  /** Takes the newest point away, or the box when there is no point, or the mask. */
  removeLastPoint(): Promise<void>;
  /** Replaces the prompts of a frame by a mask the user painted there. */
  setMask(mask: CompressedMask, at: StrokePlace): Promise<void>;
  /** Takes the next of the masks that the model made of the clicks on this frame, or that of a number. */
  nextMask(index?: number): Promise<void>;
  addObject(): Promise<number | null>;
  /** Resolves when the host knows of everything that was done until now in the session on screen. */
  settled(): Promise<void>;
}

/** A frame of a session. */
interface Place {
  sessionId: string;
  frame: number;
}

export const createPromptActions = (client: Client, store: AppStore, pause: () => void): PromptActions => {
  const sending = new Map<string, Promise<void>>();
  const newest = new Map<string, FramePrompt>();

  const isLocked = (): boolean => {
    const state = store.getState();
    const isProtected = objectsOf(state).some(({ id, locked }) => locked && id === state.selectedId);
    if (isProtected) addToast(store, 'info', promptText.locked);
    return isProtected;
  };

  const dropDraft = (key: string, draft: FramePrompt): void =>
    store.setState((s) =>
      s.drafts[key] === draft ? { drafts: Object.fromEntries(Object.entries(s.drafts).filter(([k]) => k !== key)) } : s,
    );

  /** Shows that a mask of the session is being computed until the work is done. */
  const computing = async (sessionId: string, work: () => Promise<unknown>): Promise<void> => {
    store.setState((s) => ({ computing: [...s.computing, sessionId] }));
    try {
      await work();
    } finally {
      store.setState((s) => ({ computing: s.computing.toSpliced(s.computing.indexOf(sessionId), 1) }));
    }
  };

  const drain = async (sessionId: string, objectId: number, key: string): Promise<void> => {
    const session = sessionClient(client, sessionId);
    for (let prompt = newest.get(key); prompt; prompt = newest.get(key)) {
      newest.delete(key);
      const { frame, points, box, mask } = prompt;
      const send = (): Promise<unknown> => {
        if (isEmptyPrompt(prompt)) return session.call('prompt.clear', { objectId, frame });
        return mask
          ? session.call('prompt.setMask', { objectId, frame, mask })
          : session.call('prompt.set', { objectId, frame, points, box });
      };
      try {
        await computing(sessionId, send);
      } catch (error) {
        dropDraft(key, prompt);
        reportError(store, error);
      }
    }
    sending.delete(key);
  };

  const change = async ({ sessionId, frame }: Place, objectId: number, edit: (prompt: FramePrompt) => FramePrompt): Promise<void> => {
    const key = promptKey(sessionId, objectId, frame);
    const state = store.getState();
    const session = { id: sessionId, objects: sessionOf(state, sessionId)?.objects ?? [] };
    const { candidate: _, ...known } = promptOn({ drafts: state.drafts, session }, objectId, frame);
    // Other clicks have other masks: the choice among the former ones ends.
    const prompt = edit(known);
    store.setState((s) => ({ drafts: { ...s.drafts, [key]: prompt } }));
    newest.set(key, prompt);
    let work = sending.get(key);
    if (!work) {
      work = drain(sessionId, objectId, key);
      sending.set(key, work);
    }
    await work;
  };

  const addObject = async (sessionId: string): Promise<number | null> => {
    const former = store.getState().selectedId;
    // From now on a click is the new object's, also one on a point of the former.
    store.setState({ selectedId: null });
    try {
      const { objectId } = await client.call('object.add', { sessionId });
      store.setState((s) => withView(s, sessionId, { selectedId: objectId, promptLabel: 1 }));
      return objectId;
    } catch (error) {
      store.setState((s) => withView(s, sessionId, { selectedId: former }));
      reportError(store, error);
      return null;
    }
  };

  /** Where a prompt is meant to be: on the frame that is on screen as the user acts. */
  const stopAtShown = (): Place | null => {
    pause();
    const { activeId: sessionId, shownFrame: frame } = store.getState();
    return sessionId === null ? null : { sessionId, frame };
  };

  /** By session: clicks that come while an object is being made belong to that object. */
  const making = new Map<string, Promise<number | null>>();
  const makeObject = (sessionId: string): Promise<number | null> => {
    const made = addObject(sessionId).finally(() => {
      if (making.get(sessionId) === made) making.delete(sessionId);
    });
    making.set(sessionId, made);
    return made;
  };
  const target = (sessionId: string): number | Promise<number | null> => {
    const { selectedId } = store.getState();
    const made = making.get(sessionId);
    return made ?? selectedId ?? makeObject(sessionId);
  };

  /** Changes what the shown frame says of the selected object, or of a new one. */
  const onTarget = async (edit: (prompt: FramePrompt) => FramePrompt): Promise<void> => {
    if (isLocked()) return;
    const place = stopAtShown();
    if (!place) return;
    const objectId = await target(place.sessionId);
    if (objectId !== null) await change(place, objectId, edit);
  };

  const onSelected = async (edit: (prompt: FramePrompt) => FramePrompt): Promise<void> => {
    const { selectedId } = store.getState();
    const place = selectedId !== null && !isLocked() && stopAtShown();
    if (selectedId !== null && place) await change(place, selectedId, edit);
  };

  /** The object that a mask painted without a selection makes; a selection made meanwhile stays. */
  const paintedObject = async (sessionId: string): Promise<number | null> => {
    const { activeId, selectedId } = store.getState();
    if (activeId === sessionId && selectedId === null) return target(sessionId);
    try {
      return (await client.call('object.add', { sessionId })).objectId;
    } catch (error) {
      reportError(store, error);
      return null;
    }
  };

  const setMask: PromptActions['setMask'] = async (mask, { sessionId, objectId, frame }) => {
    const id = objectId ?? (await paintedObject(sessionId));
    if (id !== null) await change({ sessionId, frame }, id, (prompt) => ({ ...prompt, points: [], box: null, mask }));
  };

  const nextMask = async (index?: number): Promise<void> => {
    const { selectedId } = store.getState();
    if (selectedId === null || maskChoice(store.getState()) === null || isLocked()) return;
    const place = stopAtShown();
    if (!place) return;
    const { sessionId, frame } = place;
    // The choice is made among the masks of the clicks the host knows.
    await sending.get(promptKey(sessionId, selectedId, frame));
    const key = candidateKey(store.getState());
    try {
      await computing(sessionId, async () => {
        if (index === undefined && store.getState().candidates?.key !== key) {
          const { masks } = await client.call('prompt.candidates', { sessionId, objectId: selectedId, frame });
          if (key !== null) store.setState({ candidates: { key, masks } });
        }
        await client.call('prompt.candidate', { sessionId, objectId: selectedId, frame, index });
      });
    } catch (error) {
      reportError(store, error);
    }
  };

  return {
    isLocked,
    addObject: async () => {
      const { activeId } = store.getState();
      return activeId === null ? null : makeObject(activeId);
    },
    settled: async () => {
      const { activeId } = store.getState();
      if (activeId === null) return;
      await making.get(activeId);
      await Promise.all([...sending].filter(([key]) => key.startsWith(`${activeId}:`)).map(([, work]) => work));
    },
    nextMask,
    addPoint: async (point) => {
      if (point.label === 0 && store.getState().selectedId === null) addToast(store, 'info', promptText.negativeFirst);
      else await onTarget((prompt) => ({ ...prompt, mask: null, points: [...prompt.points, point] }));
    },
    setBox: (box) => onTarget((prompt) => ({ ...prompt, mask: null, box })),
    setMask,
    removeLastPoint: () =>
      onSelected((prompt) =>
        prompt.points.length > 0 ? { ...prompt, points: prompt.points.slice(0, -1) } : { ...prompt, box: null, mask: null },
      ),
    removePoint: (index) => onSelected((prompt) => ({ ...prompt, points: prompt.points.filter((_, i) => i !== index) })),
    removeBox: () => onSelected((prompt) => ({ ...prompt, box: null })),
    clearFrame: () => onSelected((prompt) => ({ ...prompt, points: [], box: null, mask: null })),
  };
};
