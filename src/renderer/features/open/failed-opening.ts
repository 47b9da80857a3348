/** What was asked to be opened and failed soon after: the dialog comes back with the address and the reason. */
import type { AppStore } from '../../state/app-store.ts';

/** Whoever waited longer does something else by then, and is told in a message. */
const soonMs = 15_000;

export const returnToFailedOpening = (store: AppStore): void => {
  store.subscribe((state, previous) => {
    const { opening } = state;
    if (!opening || state.host === previous.host) return;
    const operation = state.host?.operations.find(({ id }) => id === opening.operationId);
    if (!operation || operation.state === 'running') return;
    const { error } = operation;
    const isSoon = performance.now() - opening.sinceMs < soonMs;
    store.setState({
      opening: null,
      ...(error && isSoon && state.dialog === null && { dialog: 'open', failedOpening: { path: opening.path, error: error.message } }),
    });
  });
};
