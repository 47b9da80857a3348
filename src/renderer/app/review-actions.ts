/** Going through the review list: an entry that was gone to has been looked at. */
import { isCounted, lossFrames, markOf, neighbourEntry, type ReviewEntry } from '../../shared/review.ts';
import { type AppStore, addToast } from '../state/app-store.ts';
import { setPreference } from '../state/remember-preferences.ts';
import { gapsOf, objectsOf, reviewedIdOf, reviewOf } from '../state/window-state.ts';
import { runnerText } from './strings.ts';
import type { WindowParts } from './window-parts.ts';

type Parts = Pick<WindowParts, 'store' | 'player' | 'callSession' | 'attempt'>;

/** Shows the list in the dock. */
export const openReview = (store: AppStore): void => setPreference(store, { sideTab: 'review', isSideShown: true });

export const setDone = ({ callSession, attempt }: Parts, entry: ReviewEntry, isDone: boolean): void =>
  void attempt(callSession('review.setDone', { entry: markOf(entry), isDone }));

export const goToEntry = (parts: Parts, entry: ReviewEntry): void => {
  parts.store.setState({ selectedId: entry.objectId, alsoSelected: [], isFollowing: false });
  parts.player.seek(entry.frame);
  if (!entry.isDone) setDone(parts, entry, true);
};

/** To the nearest entry of the list before or after the playhead. */
export const stepReview = (parts: Parts, direction: 1 | -1): void => {
  const state = parts.store.getState();
  const entry = neighbourEntry(reviewOf(state), state.playhead, direction);
  if (entry) goToEntry(parts, entry);
  else addToast(parts.store, 'info', reviewOf(state).some(isCounted) ? runnerText.noUnsure : runnerText.nothingToReview);
};

/** To the nearest frame where an object is lost or found again, or where frames begin that were not tracked. */
export const stepLoss = (parts: Parts, direction: 1 | -1): void => {
  const state = parts.store.getState();
  const { session, playhead } = state;
  const reviewedId = reviewedIdOf(state);
  const objects = objectsOf(state).filter(({ id, prompts }) => prompts.length > 0 && (reviewedId === null || id === reviewedId));
  const entries = reviewOf(state);
  const gaps = objects.flatMap(({ results }) => gapsOf(results, session?.media.frameCount ?? 0).map(([first]) => first));
  const ahead = [...lossFrames(entries), ...gaps].filter((frame) => (frame - playhead) * direction > 0);
  if (ahead.length === 0) {
    addToast(parts.store, 'info', runnerText.noGap);
    return;
  }
  const frame = direction > 0 ? Math.min(...ahead) : Math.max(...ahead);
  const entry = entries.find(({ kind, first, foundAgain }) => kind === 'absence' && (first === frame || foundAgain === frame));
  if (!entry) parts.player.seek(frame);
  else {
    goToEntry(parts, entry);
    parts.player.seek(frame);
  }
};
