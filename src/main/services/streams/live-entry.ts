/** A source that is live: what is kept of it while it is, and what is said before it has said anything. */
import { basename, extname } from 'node:path';
import type { LiveSource, LiveState } from '../../../shared/live.ts';
import type { RunningOperation } from '../base/operations.ts';
import type { SessionService } from '../session/session-service.ts';
import { nameOf, safeName } from '../sources/import-source.ts';
import type { LiveMedia } from './live-media.ts';
import type { LiveWork } from './live-work.ts';

export interface Live {
  id: string;
  session: SessionService;
  media: LiveMedia;
  work: LiveWork;
  source: LiveSource;
  title: string;
  clipName: string;
  state: LiveState;
  /** The window that sends a recording. */
  owner: object | null;
  operationId: string;
  running: RunningOperation | null;
  /** Settles the operation. */
  done: PromiseWithResolvers<'done' | 'cancelled'>;
  /** Of the locked objects the engine was told of. */
  locked: string;
  lookedMs: number;
  ending: Promise<string | null> | null;
}

export const connecting = (title: string): LiveState => ({
  phase: 'connecting',
  title,
  attempt: 0,
  retryInMs: null,
  problem: null,
  buffer: null,
  isTracking: false,
  dropped: 0,
  sourceFps: null,
  shownFps: null,
  latencyMs: null,
  recordedMs: 0,
  recordedBytes: 0,
});

/** Of the recording that it becomes. */
export const clipNameOf = (source: LiveSource): string => {
  if (source.kind !== 'network') return `${safeName(source.kind === 'window' ? source.name || 'Camera' : 'Camera')}.mkv`;
  const name = nameOf(source);
  return `${basename(name, extname(name)) || 'live'}.mkv`;
};
