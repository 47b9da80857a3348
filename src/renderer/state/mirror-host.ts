/**
 * Keeps the store in step with the host: the state of the app, and that of the session on screen, which the host is
 * told.
 */
import type { Client } from '../transport/client.ts';
import { type AppStore, addToast } from './app-store.ts';
import { withFreshHost, withHostState, withSession } from './sessions.ts';

export const mirrorHost = (client: Client, store: AppStore): void => {
  const watch = (): void => {
    const { activeId } = store.getState();
    // A session that was closed meanwhile is gone from the next state.
    if (client.linkState === 'open') client.call('session.watch', { sessionId: activeId }).catch(() => {});
  };
  client.onState((host) => store.setState((s) => withHostState(s, host)));
  client.onSession((session) => store.setState((s) => withSession(s, session)));
  client.onHello((info) => {
    store.setState((s) => ({ ...withFreshHost(s), info }));
    // The host knows nothing of a client that has just connected.
    if (store.getState().activeId !== null) watch();
  });
  client.onLinkState((link) => store.setState({ link }));
  client.onProtocolError((error) => addToast(store, 'error', error.message));
  store.subscribe((state, previous) => {
    if (state.activeId !== previous.activeId) watch();
  });
  store.setState({ link: client.linkState });
};
