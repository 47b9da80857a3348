/**
 * The page's camera as a live source: it goes on when its dialog is closed, and ends with the live session. Short
 * pieces, so that the picture is not old when it arrives.
 */
import { type AppStore, reportError } from '../../state/app-store.ts';
import { sessionOf } from '../../state/sessions.ts';
import type { WindowState } from '../../state/window-state.ts';
import type { Client } from '../../transport/client.ts';
import { MediaPieces } from './media-pieces.ts';

const pieceMs = 200;

/**
 * @param stream the dialog's; a copy of it goes on
 * @returns the session of its own
 * @throws AppError when the host refuses to begin
 */
export const startLiveCamera = async (
  client: Client,
  store: AppStore,
  stream: MediaStream,
  name: string,
): Promise<{ sessionId: string }> => {
  // Taken first: the dialog may close, and end its stream, while the host begins.
  const own = stream.clone();
  const stopCamera = (): void => {
    for (const track of own.getTracks()) track.stop();
  };
  const started = client.call('live.start', { source: { kind: 'window', name } });
  started.catch(stopCamera);
  const { operationId, sessionId } = await started;
  let unsubscribe = (): void => {};
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    unsubscribe();
    stopCamera();
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
      if (!isOver && isRunning(store.getState(), operationId)) reportError(store, error);
      end();
    },
  );
  // A camera that is unplugged ends its tracks: what came is kept.
  for (const track of own.getTracks()) track.onended = () => void client.call('live.stop', { sessionId }).catch(() => {});
  let wasTold = false;
  unsubscribe = store.subscribe((state) => {
    if (state.link !== 'open') return;
    // The host may tell of it a moment after it began.
    wasTold ||= isRunning(state, operationId);
    const phase = sessionOf(state, sessionId)?.live?.phase;
    if (phase === 'ending' || phase === 'failed' || (wasTold && !isRunning(state, operationId))) end();
  });
  return { sessionId };
};

const isRunning = ({ host }: WindowState, operationId: string): boolean =>
  host?.operations.some(({ id, state }) => id === operationId && state === 'running') ?? false;
