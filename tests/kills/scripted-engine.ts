/** What the engine of these tests answers: at once, and with masks that say of which object and frame they are. */

import type { MessageLink } from '../../src/main/common/rpc.ts';
import type { EngineResult } from '../../src/main/engine/api/protocol.ts';
import { smallClip, smallModel } from '../../src/main/services/testing/small-clip.ts';
import { compressCounts } from '../../src/shared/rle.ts';

export const frameCount = 1200;
/** Pixels of the clip on a side. */
export const side = 128;

/** The mask of an object on a frame: a run as long as the object's id, after as many pixels as the frame's number. */
export const countsOf = (objectId: number, frame: number): string => compressCounts([frame, objectId, side * side - frame - objectId]);

const resultOf = (objectId: number, frame: number, prompted: boolean): EngineResult => ({
  objectId,
  counts: countsOf(objectId, frame),
  box: [0, 0, 8, 8],
  area: objectId,
  predictedIou: 0.9,
  objectLogit: 5,
  prompted,
  overlay: { objectId, width: 16, height: 16, scale: 1, predictedIou: 0.9, objectLogit: 5, logits: new Int8Array(256).fill(frame & 63) },
});

const media = smallClip({ width: side, height: side, frameCount });

type Message = { id?: number; m?: string; a?: Record<string, unknown> };

/** Serves a link; messages are framed as in engine/rpc.ts. */
export const serveScriptedEngine = ({ post, onMessage }: MessageLink): void => {
  const cancelled = new Set<string>();
  const answer = (method: string, a: Record<string, unknown>): unknown => {
    if (method === 'loadModel') return smallModel(16);
    if (method === 'inspectProviders') return { providers: [], gpus: [], hasCudaLibraries: false };
    if (method === 'open') return media;
    if (method === 'readFrame') return { width: 2, height: 2, planes: new Uint8Array(6) };
    if (method === 'setPoints' || method === 'setMask') return resultOf(a.objectId as number, a.frame as number, true);
    if (method === 'cancel') cancelled.add(a.runId as string);
    return {};
  };
  const track = async (id: number, a: Record<string, unknown>): Promise<void> => {
    const runId = a.runId as string;
    const ids = a.objectIds as number[];
    const last = (a.to as number | null) ?? frameCount - 1;
    cancelled.delete(runId);
    for (let frame = (a.from as number | null) ?? 0; frame <= last && !cancelled.has(runId); frame++) {
      await post({
        t: 'ev',
        n: 'trackedFrame',
        d: {
          sessionId: a.sessionId,
          runId,
          frame,
          timeMs: frame * 40,
          done: frame + 1,
          total: frameCount,
          visitsLeft: 0,
          isCut: false,
          picture: null,
          results: ids.map((objectId) => resultOf(objectId, frame, false)),
          memory: { uncertainty: [], events: [], amended: [] },
          timings: {},
          workerMs: 0,
        },
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await post({ t: 'res', id, r: { state: cancelled.has(runId) ? 'cancelled' : 'done', warning: null } });
  };
  onMessage((raw) => {
    const { id, m, a = {} } = raw as Message;
    if (m === undefined || id === undefined) return;
    if (m === 'track') void track(id, a);
    else void post({ t: 'res', id, r: answer(m, a) });
  });
};
