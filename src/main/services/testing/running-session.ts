/**
 * A session whose run is under way for as long as the test wants: the test is the engine, and tells it what was
 * tracked.
 */
import { defaultMemorySettings } from '../../../shared/memory-settings.ts';
import type { FrameMessage } from '../../../shared/wire.ts';
import type { OpenedMedia } from '../../engine/api/media.ts';
import type { EngineModel, TrackedFrameEvent } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { SessionService } from '../session/session-service.ts';

const noTimings = { imageEncoder: 0, memoryAttention: 0, maskDecoder: 0, memoryEncoder: 0, inside: 0 };

/**
 * @returns with `pushed`, what the window was shown; `objectId`, the one object that is tracked; `end`, which ends the
 *   run
 */
export const runningSession = async (media: OpenedMedia, model: EngineModel) => {
  const pushed: FrameMessage[] = [];
  let runId = '';
  let endRun = (): void => {};
  const peer = {
    call: async (method: string, input: { runId?: string }) => {
      if (method === 'open') return media;
      if (method !== 'track') return {};
      runId = input.runId!;
      await new Promise<void>((resolve) => {
        endRun = resolve;
      });
      return { state: 'done', warning: null };
    },
  } as unknown as EnginePeer;
  const session = await SessionService.open('/clip.mp4', {
    engine: () => peer,
    model: () => model,
    memory: () => defaultMemorySettings,
    deinterlace: () => 'auto',
    requireLoaded: () => {},
    onChange: () => {},
    onFrame: (message) => pushed.push(message),
    onNote: () => {},
  });
  const objectId = session.edits.addObject();
  const run = session.track('run', { direction: 'forward', display: null }, () => {});
  const tracked = (frame: number, told: Pick<TrackedFrameEvent, 'results' | 'memory'>): void =>
    session.onTrackedFrame({
      ...{
        sessionId: session.id,
        runId,
        frame,
        reverse: false,
        timeMs: 0,
        done: frame + 1,
        total: media.frameCount,
        visitsLeft: 0,
        isCut: false,
      },
      ...{ picture: null, timings: noTimings, workerMs: 0 },
      ...told,
    });
  const end = async (): Promise<void> => {
    endRun();
    await run;
  };
  return { session, objectId, pushed, tracked, end };
};
