/** Says what has ended in a tab that is not on screen. */
import type { Operation } from '../../../shared/contract/state.ts';
import { type AppStore, addToast } from '../../state/app-store.ts';
import { sessionsOf } from '../../state/sessions.ts';
import { tabText as text } from './strings.ts';

const announced: readonly Operation['kind'][] = ['track', 'find', 'export', 'copy'];

/** From now on the user is told. What failed or was cancelled is told where it began, or by the host. */
export const announceFinished = (store: AppStore): void => {
  store.subscribe((state, previous) => {
    if (state.host === previous.host || !previous.host) return;
    for (const { id, kind, sessionId, state: now } of state.host?.operations ?? []) {
      if (now !== 'done' || sessionId === state.activeId || !announced.includes(kind)) continue;
      const wasRunning = previous.host.operations.some((before) => before.id === id && before.state === 'running');
      const tab = sessionsOf(state).find((session) => session.id === sessionId);
      if (wasRunning && tab) addToast(store, 'info', text.finished(kind, tab.title), { sessionId: tab.id });
    }
  });
};
