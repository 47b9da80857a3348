/** What streams need of the app around them. */
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import type { StreamConfig } from '../../../shared/streams.ts';
import type { EngineInput } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { LiveLink } from '../session/live-link.ts';
import type { SessionWork } from '../session/session-deps.ts';
import type { SessionService } from '../session/session-service.ts';
import type { LiveMedia } from './live-media.ts';
import type { StreamRules } from './stream-lifecycle.ts';

/** What the settings say of streams. */
interface StreamSettings {
  bufferBytes: number;
  bufferFrames: number;
  memory: MemorySettings;
  display: { width: number; height: number };
  tracker: NonNullable<EngineInput<'liveStart'>['stream']>['tracker'];
  /** Of streams whose profile is balanced and that say nothing else themselves. */
  targets: StreamTargets;
  life: StreamRules;
}

export interface StreamDeps {
  /** @throws AppError `engine-lost` */
  engine: () => EnginePeer;
  /** The engine is there and a model is at work. */
  isReady: () => boolean;
  settings: () => StreamSettings;
  /** A session that has a tab only while it is viewed. @param takesOver the session of the chapter before */
  openSession: (
    sessionId: string,
    title: string,
    media: LiveMedia,
    work: SessionWork,
    link: LiveLink,
    takesOver: SessionService | null,
  ) => Promise<SessionService>;
  closeSession: (sessionId: string) => Promise<void>;
  /** Gives a session its tab, or takes it away. */
  setShown: (sessionId: string, isShown: boolean) => void;
  /** ms of a clock that never goes back. */
  now: () => number;
  /** ms since 1970. */
  wallNow: () => number;
  /** The memory is full though it was tried again: the model is loaded anew, then a smaller one. */
  onOutOfMemory: () => void;
  /** Free space where the streams are kept, bytes; null where nobody can say. */
  freeBytes: () => Promise<number | null>;
  onChange: () => void;
  touch: (sessionId: string) => void;
  tell: (level: 'info' | 'warning' | 'error', text: string) => void;
  /** Other times than the settings' after which a stream is stale or parked, for tests. */
  lifeRules?: StreamRules | undefined;
  /** Other times than the usual of connections, for tests. */
  rules?: EngineInput<'liveStart'>['rules'] | undefined;
  /** Pause before a source that refused is tried again, ms: the first, which doubles, and the longest. */
  retryMs?: { first: number; longest: number } | undefined;
}

/** What a stream is to do, as its configuration and its profile say. */
export interface StreamTargets {
  targetFps: number;
  analysisHeight: NonNullable<StreamConfig['analysisHeight']>;
}
