/** What is done with tabs: each shows one session, in the order of the host. */
import { type CutKind, cutKindsOf } from '../../../shared/cut-work.ts';
import { type AppStore, reportError } from '../../state/app-store.ts';
import { sessionsOf, withActive, withTabMoved } from '../../state/sessions.ts';
import type { WindowState } from '../../state/window-state.ts';
import type { Client } from '../../transport/client.ts';

export interface TabActions {
  /** Shows a session; the one on screen is kept as it is. */
  activate(id: string): void;
  /** Shows the next tab or the one before; after the last comes the first. */
  step(by: 1 | -1): void;
  /** Moves a tab to the place of another, in this window. */
  move(id: string, onto: string): void;
  /** Shows what was just opened, or what an operation is about to open. */
  opened(answer: { sessionId: string | null; operationId?: string | null }): void;
  /** Closes a session, at once where nothing is cut by it; otherwise the user is asked. */
  close(id: string | null): void;
  closeNow(id: string): Promise<void>;
}

/** The kinds of work that closing a session would cut. */
export const workCutBy = (state: Pick<WindowState, 'host'>, id: string): readonly CutKind[] => cutKindsOf(state.host?.operations ?? [], id);

export const createTabActions = (client: Client, store: AppStore): TabActions => {
  // From now on the choice is the user's.
  const activate = (id: string): void => store.setState((s) => ({ ...withActive(s, id), wanted: null }));

  const closeNow = async (id: string): Promise<void> => {
    try {
      await client.call('session.close', { sessionId: id });
    } catch (error) {
      reportError(store, error);
    }
  };

  return {
    activate,
    step: (by) => {
      const { activeId } = store.getState();
      const ids: (string | null)[] = sessionsOf(store.getState()).map(({ id }) => id);
      const next = ids[(ids.indexOf(activeId) + by + ids.length) % ids.length];
      if (next != null) activate(next);
    },
    move: (id, onto) => store.setState((s) => withTabMoved(s, id, onto)),
    opened: ({ sessionId, operationId = null }) => {
      if (sessionId !== null) activate(sessionId);
      else if (operationId !== null) store.setState((s) => ({ awaited: [...s.awaited, operationId] }));
    },
    close: (id) => {
      if (id === null) return;
      if (workCutBy(store.getState(), id).length === 0) void closeNow(id);
      else store.setState({ dialog: 'close', closingId: id });
    },
    closeNow,
  };
};
