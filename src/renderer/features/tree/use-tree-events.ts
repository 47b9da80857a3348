/** An object's tree events, fetched again when the host says there are new ones. */
import { useEffect, useRef, useState } from 'react';
import type { TreeEvent } from '../../../shared/memory-tree.ts';
import { useApp, useAppState } from '../../app/app-context.ts';

const none: readonly TreeEvent[] = [];
/** While tracking, events come many times a second; the picture of them need not. */
const leastMsBetween = 500;

export const useTreeEvents = (objectId: number | null): readonly TreeEvent[] => {
  const { client } = useApp();
  const sessionId = useAppState((s) => s.session?.id ?? null);
  const revision = useAppState((s) => s.session?.memory.revision ?? 0);
  const last = useAppState((s) => (s.session?.media.frameCount ?? 1) - 1);
  const [fetched, setFetched] = useState<{ key: string; events: readonly TreeEvent[] }>({ key: '', events: none });
  const fetchedAt = useRef(0);
  const key = `${sessionId}:${objectId}`;

  useEffect(() => {
    if (objectId === null || sessionId === null || revision === 0) return;
    let isWanted = true;
    const timer = setTimeout(
      () => {
        fetchedAt.current = performance.now();
        client.call('tree.get', { sessionId, objectId, from: 0, to: last }).then(
          ({ events }) => isWanted && setFetched({ key: `${sessionId}:${objectId}`, events }),
          () => {
            // The object may be gone; the next state says so.
          },
        );
      },
      Math.max(0, fetchedAt.current + leastMsBetween - performance.now()),
    );
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [client, sessionId, objectId, revision, last]);

  return fetched.key === key ? fetched.events : none;
};
