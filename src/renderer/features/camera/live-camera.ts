/**
 * The page's camera as a live source: it goes on when its dialog is closed, and ends with the live session. Short pieces, so that the
 * picture is not old when it arrives.
 */
import { type AppStore, reportError } from '../../state/app-store.ts';
import { liveOf, runningOperation } from '../../state/window-state.ts';
import type { Client } from '../../transport/client.ts';
import { MediaPieces } from './media-pieces.ts';

const pieceMs = 200;

/** @param stream the dialog's; a copy of it goes on. @throws AppError when the host refuses to begin */
export const startLiveCamera = async (client: Client, store: AppStore, stream: MediaStream, name: string): Promise<void> => {
  const { operationId } = await client.call('live.start', { source: { kind: 'window', name } });
  const own = stream.clone();
  let unsubscribe = (): void => {};
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    unsubscribe();
    for (const track of own.getTracks()) track.stop();
    void pieces.stop().catch(() => {});
  };
  const pieces = new MediaPieces(
    own,
    pieceMs,
    async (data) => {
      if (!isOver) await client.call('live.append', { operationId, data });
    },
    (error) => {
      // The last pieces of a session that was just stopped are nobody's.
      if (!isOver) reportError(store, error);
      end();
    },
  );
  // A camera that is unplugged ends its tracks: what came is kept.
  for (const track of own.getTracks()) track.onended = () => void client.call('live.stop', {}).catch(() => {});
  unsubscribe = store.subscribe((state) => {
    const phase = liveOf(state)?.phase;
    if (phase === 'ending' || phase === 'failed' || (state.link === 'open' && runningOperation(state, 'live')?.id !== operationId)) end();
  });
};
