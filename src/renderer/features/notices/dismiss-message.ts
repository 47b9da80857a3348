/** Takes messages off the screen: the window's own, or the host's for all its windows. */
import type { AppStore } from '../../state/app-store.ts';
import type { Client } from '../../transport/client.ts';

export const dismissMessages = (ids: readonly number[], client: Client, store: AppStore): void => {
  if (ids.some((id) => id < 0)) store.setState((s) => ({ toasts: s.toasts.filter(({ id }) => !ids.includes(id)) }));
  // Gone on the host already, or the link is down: either way there is nothing to tell the user.
  for (const id of ids) if (id >= 0) client.call('app.dismissNotice', { id }).catch(() => {});
};

/** After a reload the page does not repeat what it said before. */
export const dismissSeenBeforeReload = (client: Client, store: AppStore): void => {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (navigation?.type !== 'reload') return;
  const stop = client.onState(({ notices }) => {
    stop();
    dismissMessages(
      notices.map(({ id }) => id),
      client,
      store,
    );
  });
};
