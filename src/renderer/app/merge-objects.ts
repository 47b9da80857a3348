/** Merging takes a moment: the objects that will be gone show it, and nothing else is done to them meanwhile. */
import { type AppStore, addToast } from '../state/app-store.ts';
import { objectsOf, type WindowState } from '../state/window-state.ts';
import { runnerText } from './strings.ts';
import type { WindowParts } from './window-parts.ts';

/** @param objectIds `into` among them */
export const mergeObjects = async (
  { store, callSession, attempt }: Pick<WindowParts, 'store' | 'callSession' | 'attempt'>,
  objectIds: readonly number[],
  into: number,
): Promise<void> => {
  const { activeId: sessionId } = store.getState();
  if (sessionId === null) return;
  const merging = objectIds.filter((id) => id !== into).map((objectId) => ({ sessionId, objectId, into }));
  store.setState((s) => ({ merging: [...s.merging, ...merging] }));
  try {
    await attempt(callSession('object.merge', { objectIds: [...objectIds], into }));
  } finally {
    store.setState((s) => ({ merging: s.merging.filter((one) => !merging.includes(one)) }));
  }
};

/** Whether an object of the session on screen is part of a merge that is under way. */
export const isMerging = ({ merging, activeId }: Pick<WindowState, 'merging' | 'activeId'>, id: number): boolean =>
  merging.some(({ sessionId, objectId, into }) => sessionId === activeId && (objectId === id || into === id));

/** Tells the user that an object is being merged. @returns whether one of them is */
export const tellIfMerging = (store: AppStore, ids: readonly number[]): boolean => {
  const state = store.getState();
  const found = state.merging.find(
    ({ sessionId, objectId, into }) => sessionId === state.activeId && (ids.includes(objectId) || ids.includes(into)),
  );
  if (!found) return false;
  const nameOf = (id: number): string => objectsOf(state).find((object) => object.id === id)?.name ?? '';
  addToast(store, 'info', runnerText.merging(nameOf(found.objectId), nameOf(found.into)));
  return true;
};
