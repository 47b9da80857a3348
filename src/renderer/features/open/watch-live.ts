/** Opens an address as a live source, in a tab of its own. */
import { AppError } from '../../../shared/errors.ts';
import type { Client } from '../../transport/client.ts';
import type { TabActions } from '../tabs/tab-actions.ts';

/** Resolves with why something could not be opened, or null. */
export type Opening = () => Promise<AppError | null>;

export const watchLive = async (client: Client, tabs: TabActions, url: string): Promise<AppError | null> => {
  try {
    const { sessionId } = await client.call('live.start', { source: { kind: 'network', url } });
    tabs.opened({ sessionId });
    return null;
  } catch (failure) {
    return AppError.from(failure);
  }
};
