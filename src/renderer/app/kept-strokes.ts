/**
 * Strokes that were not applied when the page went: a message that is sent then may not arrive, so they are kept in the
 * browser and applied when their clip is on screen again.
 */
import type { CompressedMask } from '../../shared/prompts.ts';
import type { Brush } from '../features/viewer/brush.ts';
import { type AppStore, addToast } from '../state/app-store.ts';
import { sessionsOf } from '../state/sessions.ts';
import type { WindowState } from '../state/window-state.ts';
import type { PromptActions } from './prompt-actions.ts';
import { promptText } from './strings.ts';

const key = 'sam2-video-strokes';

interface KeptStrokes {
  /** Of the clip: a server that was started again has given its sessions other ids. */
  path: string;
  objectId: number | null;
  frame: number;
  mask: CompressedMask;
}

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const pathOf = (state: WindowState, sessionId: string): string | undefined => sessionsOf(state).find(({ id }) => id === sessionId)?.path;

/** Keeps what is painted. */
export const keepStrokes = (store: AppStore, brush: Pick<Brush, 'take'>, storage: Kept = localStorage): void => {
  const painted = brush.take();
  if (!painted) return;
  const { mask, place } = painted;
  const path = pathOf(store.getState(), place.sessionId);
  if (path === undefined) return;
  const kept: KeptStrokes = { path, objectId: place.objectId, frame: place.frame, mask };
  storage.setItem(key, JSON.stringify(kept));
};

const takeKept = (storage: Kept): KeptStrokes | null => {
  const text = storage.getItem(key);
  storage.removeItem(key);
  try {
    return text === null ? null : (JSON.parse(text) as KeptStrokes);
  } catch {
    return null;
  }
};

/** Applies what was kept, once, as soon as its clip is on screen. */
export const applyKeptStrokes = (store: AppStore, prompts: Pick<PromptActions, 'setMask'>, storage: Kept = localStorage): void => {
  const kept = takeKept(storage);
  if (!kept) return;
  const { path, objectId, frame, mask } = kept;
  const look = (state: WindowState): void => {
    const { session, activeId } = state;
    if (!session || activeId !== session.id || pathOf(state, session.id) !== path) return;
    stop();
    // With the object its strokes are gone.
    if (objectId !== null && !session.objects.some(({ id }) => id === objectId)) return;
    void prompts.setMask(mask, { sessionId: session.id, objectId, frame });
    addToast(store, 'info', promptText.strokesApplied(frame), { about: 'history', sessionId: session.id });
  };
  const stop = store.subscribe(look);
};
