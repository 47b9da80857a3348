/** Streams and objects as tests of events and metrics want them. */
import type { StreamState } from '../../../../shared/streams.ts';
import type { EngineResult } from '../../../engine/api/protocol.ts';

export const streamState = (some: Partial<StreamState>): StreamState => ({
  id: '6d4f7d3e-0000-4000-8000-000000000001',
  name: 'door',
  title: 'rtsp://10.0.0.2/live',
  phase: 'active',
  sessionId: null,
  isViewed: false,
  frame: 1,
  objects: 0,
  fps: 10,
  targetFps: 15,
  latencyMs: 50,
  dropped: 0,
  faults: 0,
  reconnects: 0,
  lastFault: null,
  staleMs: null,
  chapter: 0,
  chapterMs: 0,
  recordedBytes: 0,
  governed: null,
  ...some,
});

export const trackedObject = (objectId: number, objectLogit: number): EngineResult => ({
  ...{ objectId, objectLogit, counts: '', box: null, area: 100, predictedIou: 0.85, prompted: false },
  overlay: { width: 0, height: 0, logits: new Int8Array(0) } as unknown as EngineResult['overlay'],
});
