/** The service of live sources with what it needs of the app. */
import { join } from 'node:path';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import type { SettingValues } from '../../../shared/settings.ts';
import type { OpenedMedia } from '../../engine/api/media.ts';
import type { EngineInput } from '../../engine/api/protocol.ts';
import type { Operations } from '../base/operations.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { Project } from '../project/project.ts';
import type { Projects } from '../project/projects.ts';
import type { MaskStore } from '../results/mask-store.ts';
import type { LiveLink } from '../session/live-link.ts';
import type { SessionWork } from '../session/session-deps.ts';
import type { SessionService } from '../session/session-service.ts';
import { shownSize } from '../settings/shown-size.ts';
import type { ImportPlace } from '../sources/import-store.ts';
import { keepClip } from './live-clip.ts';
import { LiveService } from './live-service.ts';
import type { StreamRules } from './stream-lifecycle.ts';

export interface LiveApp {
  dataDir: string;
  operations: Operations;
  projects: Projects;
  engine: () => EnginePeer;
  claim: () => Promise<ImportPlace>;
  values: () => SettingValues;
  memory: () => MemorySettings;
  /** Makes a session of what is live. */
  use: (title: string, media: OpenedMedia, work: SessionWork, link: LiveLink) => Promise<SessionService>;
  /** Opens a clip with work that is there already, in the place of a live session. */
  open: (
    path: string,
    adopt: (media: OpenedMedia, project: Project | null, newStore: () => MaskStore) => Promise<SessionWork>,
    replaces: SessionService,
  ) => Promise<SessionService>;
  close: (session: SessionService) => Promise<void>;
  notify: (level: 'info' | 'warning' | 'error', text: string) => void;
  /** What a session's live state says has changed. */
  onChange: (sessionId: string) => void;
  rules?: EngineInput<'liveStart'>['rules'] | undefined;
}

/** A stream is parked after it was stale, whatever was typed. */
const streamLife = (staleSeconds: number, parkSeconds: number): StreamRules => ({
  staleMs: staleSeconds * 1000,
  parkMs: Math.max(parkSeconds, staleSeconds + 1) * 1000,
});

/** What the settings say of every live source. */
export const liveSettings = (values: SettingValues, memory: MemorySettings) => ({
  bufferBytes: values['live.bufferMb'] * 2 ** 20,
  tries: values['live.tries'],
  memory,
  display: shownSize(values),
  bufferFrames: values['live.bufferFrames'],
  tracker: values['stream.tracker'],
  targets: { targetFps: values['stream.targetFps'], analysisHeight: values['stream.analysisHeight'] },
  life: streamLife(values['stream.staleSeconds'], values['stream.cleanupSeconds']),
  deinterlace: values['import.deinterlace'],
});

export const createLive = (app: LiveApp): LiveService =>
  new LiveService({
    ...app,
    folder: join(app.dataDir, 'live'),
    settings: () => liveSettings(app.values(), app.memory()),
    open: async (clip, live) => {
      const session = await app.open(clip.path, (...work) => clip.adopt(...work), live);
      clip.adoptTrees(session, session.media);
      return session;
    },
    keep: (clip) => keepClip(clip, app.projects, app.engine()),
    drop: (session) => app.close(session),
  });
