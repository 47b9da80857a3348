/** An engine inside the host's process that answers at once, so that the host alone is what is killed. */
import type { EngineResult } from '../../src/main/engine/protocol.ts';
import type { SpawnEngine } from '../../src/main/services/engine-host.ts';

export const frameCount = 5000;

const resultOf = (objectId: number, frame: number, prompted: boolean): EngineResult => ({
  objectId,
  counts: `${objectId}:${frame}:${'1'.repeat(200)}`,
  box: [0, 0, 8, 8],
  area: 64,
  score: 0.9,
  objectLogit: 5,
  prompted,
  overlay: { objectId, width: 16, height: 16, scale: 1, score: 0.9, objectLogit: 5, logits: new Int8Array(256).fill(frame & 63) },
});

const media = {
  width: 64,
  height: 64,
  frameCount,
  durationMs: 200_000,
  averageFps: 25,
  isVariableFrameRate: false,
  hasAudio: false,
  codec: 'h264',
  colorSpace: 'bt709',
  fullRange: false,
  timeBase: { num: 1, den: 25 },
  isTruncated: false,
};

type Message = { id?: number; m?: string; a?: Record<string, unknown> };

/** Messages are framed as in engine/rpc.ts. */
export const scriptedEngine: SpawnEngine = () => {
  let listener: (message: unknown) => void = () => {};
  const cancelled = new Set<string>();
  const post = (message: unknown): void => void setImmediate(() => listener(message));
  const answer = (method: string, a: Record<string, unknown>): unknown => {
    if (method === 'loadModel')
      return { id: 'nano', name: 'nano', version: '1', imageSize: 64, logitSize: 16, provider: 'cpu', providerReason: '' };
    if (method === 'open') return { ...media, ptsTicks: Float64Array.from({ length: frameCount }, (_, i) => i) };
    if (method === 'readFrame') return { frame: 0, width: 2, height: 2, planes: new Uint8Array(6) };
    if (method === 'setPoints' || method === 'setMask') return resultOf(a.objectId as number, a.frame as number, true);
    if (method === 'cancel') cancelled.add(a.runId as string);
    return {};
  };
  const track = async (id: number, a: Record<string, unknown>): Promise<void> => {
    const runId = a.runId as string;
    const ids = a.objectIds as number[];
    cancelled.delete(runId);
    for (let frame = (a.from as number | null) ?? 0; frame < frameCount && !cancelled.has(runId); frame++) {
      post({
        t: 'ev',
        n: 'trackedFrame',
        d: {
          runId,
          frame,
          timeMs: frame * 40,
          done: frame + 1,
          total: frameCount,
          picture: null,
          results: ids.map((objectId) => resultOf(objectId, frame, false)),
          memory: { uncertainty: [], events: [], amended: [] },
          timings: {},
          workerMs: 0,
        },
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
    post({ t: 'res', id, r: { state: cancelled.has(runId) ? 'cancelled' : 'done', warning: null } });
  };
  return {
    pid: undefined,
    link: {
      post: (raw) => {
        const { id, m, a = {} } = raw as Message;
        if (m === undefined || id === undefined) return;
        if (m === 'track') void track(id, a);
        else post({ t: 'res', id, r: answer(m, a) });
      },
      onMessage: (added) => {
        listener = added;
      },
    },
    onExit: () => {},
    kill: () => {},
  };
};
