/** Opens a clip in a tab of its own. */
import { AppError } from '../../../shared/errors.ts';
import type { AppStore } from '../../state/app-store.ts';
import type { Client } from '../../transport/client.ts';
import type { TabActions } from '../tabs/tab-actions.ts';

/** @returns opens a path, an address, or with null the sample; resolves with why that failed, or null */
export const createOpenClip =
  (client: Client, store: AppStore, tabs: TabActions) =>
  async (path: string | null, isNew = false): Promise<AppError | null> => {
    store.setState({ isOpening: true });
    try {
      if (path === null) tabs.opened(await client.call('session.openSample', {}));
      else {
        const answer = await client.call('session.open', { path, isNew });
        tabs.opened(answer);
        if (answer.operationId !== null) store.setState({ opening: { path, operationId: answer.operationId, sinceMs: performance.now() } });
      }
      return null;
    } catch (error) {
      const known = AppError.from(error);
      // Whoever cancelled it knows.
      return known.code === 'cancelled' ? null : known;
    } finally {
      store.setState({ isOpening: false });
    }
  };
