/** A channel between two peers of one process. */
import type { MessageLink } from '../rpc.ts';

/** Two ends of a channel; messages are copied and arrive in order, each in a turn of its own. */
export const linkedPorts = (): [MessageLink, MessageLink] => {
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const end = (own: number): MessageLink => ({
    post: (message) => {
      const copy = structuredClone(message);
      queueMicrotask(() => {
        for (const listener of listeners[1 - own]!) listener(copy);
      });
    },
    onMessage: (listener) => void listeners[own]!.push(listener),
  });
  return [end(0), end(1)];
};
