/**
 * What a click, a box and a removal do. Each shows at once as a draft, is sent as the whole prompt of its frame, and calls for
 * one frame are sent one after the other, the newest standing for those that waited.
 */
import { type Box, type CompressedMask, type FramePrompt, isEmptyPrompt, type PromptPoint } from '../../shared/prompts.ts';
import { type AppStore, addToast, reportError } from '../state/app-store.ts';
import { maskChoice, objectsOf, promptKey, promptOn, type WindowState } from '../state/window-state.ts';
import type { Client } from '../transport/client.ts';
import { promptText } from './strings.ts';

export interface PromptActions {
  addPoint(point: PromptPoint): Promise<void>;
  setBox(box: Box): Promise<void>;
  removePoint(index: number): Promise<void>;
  removeBox(): Promise<void>;
  clearFrame(): Promise<void>;
  /** Takes the newest point away, or the box when there is no point, or the mask. */
  removeLastPoint(): Promise<void>;
  /** Replaces the prompts of the frame by a mask the user painted. */
  setMask(mask: CompressedMask): Promise<void>;
  /** Takes the next of the masks that the model made of the clicks on this frame. */
  nextMask(): Promise<void>;
  addObject(): Promise<number | null>;
  /** Resolves when the host knows of everything that was done until now. */
  settled(): Promise<void>;
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

  const drain = async (objectId: number, key: string): Promise<void> => {
    for (let prompt = newest.get(key); prompt; prompt = newest.get(key)) {
      newest.delete(key);
      const { frame, points, box, mask } = prompt;
      store.setState((s) => ({ computing: s.computing + 1 }));
      try {
        if (isEmptyPrompt(prompt)) await client.call('prompt.clear', { objectId, frame });
        else if (mask) await client.call('prompt.setMask', { objectId, frame, mask });
        else await client.call('prompt.set', { objectId, frame, points, box });
      } catch (error) {
        dropDraft(key, prompt);
        reportError(store, error);
      } finally {
        store.setState((s) => ({ computing: s.computing - 1 }));
      }
    }
    sending.delete(key);
  };

  const change = async (objectId: number, frame: number, edit: (prompt: FramePrompt) => FramePrompt): Promise<void> => {
    const key = promptKey(objectId, frame);
    const { candidate: _, ...known } = promptOn(store.getState(), objectId, frame);
    // Other clicks have other masks: the choice among the former ones ends.
    const prompt = edit(known);
    store.setState((s: WindowState) => ({ drafts: { ...s.drafts, [key]: prompt } }));
    newest.set(key, prompt);
    let work = sending.get(key);
    if (!work) {
      work = drain(objectId, key);
      sending.set(key, work);
    }
    await work;
  };

  const addObject = async (): Promise<number | null> => {
    const former = store.getState().selectedId;
    // From now on a click is the new object's, also one on a point of the former.
    store.setState({ selectedId: null });
    try {
      const { objectId } = await client.call('object.add', {});
      store.setState({ selectedId: objectId, promptLabel: 1 });
      return objectId;
    } catch (error) {
      store.setState({ selectedId: former });
      reportError(store, error);
      return null;
    }
  };

  /** The frame a prompt is meant for: the one that is on screen as the user acts. */
  const stopAtShown = (): number => {
    pause();
    return store.getState().shownFrame;
  };

  /** Clicks that come while an object is being made belong to that object. */
  let making: Promise<number | null> | null = null;
  const makeObject = (): Promise<number | null> => {
    const made = addObject().finally(() => {
      if (making === made) making = null;
    });
    making = made;
    return made;
  };
  const target = (): number | Promise<number | null> => {
    const { selectedId } = store.getState();
    if (selectedId !== null && !making) return selectedId;
    return making ?? makeObject();
  };

  const onSelected = async (edit: (prompt: FramePrompt) => FramePrompt): Promise<void> => {
    const { selectedId } = store.getState();
    if (selectedId !== null && !isLocked()) await change(selectedId, stopAtShown(), edit);
  };

  const nextMask = async (): Promise<void> => {
    const { selectedId } = store.getState();
    if (selectedId === null || maskChoice(store.getState()) === null || isLocked()) return;
    const frame = stopAtShown();
    // The choice is made among the masks of the clicks the host knows.
    await sending.get(promptKey(selectedId, frame));
    store.setState((s) => ({ computing: s.computing + 1 }));
    try {
      await client.call('prompt.candidate', { objectId: selectedId, frame });
    } catch (error) {
      reportError(store, error);
    } finally {
      store.setState((s) => ({ computing: s.computing - 1 }));
    }
  };

  return {
    addObject: makeObject,
    settled: async () => {
      await making;
      await Promise.all(sending.values());
    },
    nextMask,
    addPoint: async (point) => {
      if (isLocked()) return;
      if (point.label === 0 && store.getState().selectedId === null) {
        addToast(store, 'info', promptText.negativeFirst);
        return;
      }
      const frame = stopAtShown();
      const objectId = await target();
      if (objectId !== null) await change(objectId, frame, (prompt) => ({ ...prompt, mask: null, points: [...prompt.points, point] }));
    },
    setBox: async (box) => {
      if (isLocked()) return;
      const frame = stopAtShown();
      const objectId = await target();
      if (objectId !== null) await change(objectId, frame, (prompt) => ({ ...prompt, mask: null, box }));
    },
    setMask: async (mask) => {
      if (isLocked()) return;
      const frame = stopAtShown();
      const objectId = await target();
      if (objectId !== null) await change(objectId, frame, (prompt) => ({ ...prompt, points: [], box: null, mask }));
    },
    removeLastPoint: () =>
      onSelected((prompt) =>
        prompt.points.length > 0 ? { ...prompt, points: prompt.points.slice(0, -1) } : { ...prompt, box: null, mask: null },
      ),
    removePoint: (index) => onSelected((prompt) => ({ ...prompt, points: prompt.points.filter((_, i) => i !== index) })),
    removeBox: () => onSelected((prompt) => ({ ...prompt, box: null })),
    clearFrame: () => onSelected((prompt) => ({ ...prompt, points: [], box: null, mask: null })),
  };
};
