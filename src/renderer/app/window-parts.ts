/** The parts of a window that its commands work on. */
import type { DesktopBridge } from '../../shared/desktop-bridge.ts';
import type { AppError } from '../../shared/errors.ts';
import type { TabActions } from '../features/tabs/tab-actions.ts';
import type { TimelineView } from '../features/timeline/timeline-view.ts';
import type { Brush } from '../features/viewer/brush.ts';
import type { Viewport } from '../features/viewer/viewport.ts';
import type { FrameTimes } from '../playback/frame-times.ts';
import type { Player } from '../playback/player.ts';
import type { Thumbnails } from '../playback/thumbnails.ts';
import type { AppStore } from '../state/app-store.ts';
import type { Client } from '../transport/client.ts';
import type { SessionClient } from '../transport/session-client.ts';
import type { PromptActions } from './prompt-actions.ts';
import type { StrokeActions } from './stroke-actions.ts';

export interface WindowParts {
  readonly client: Client;
  readonly store: AppStore;
  readonly tabs: TabActions;
  readonly player: Player;
  /** When each frame of the clip is shown. */
  readonly times: FrameTimes;
  readonly prompts: PromptActions;
  readonly viewport: Viewport;
  readonly timeline: TimelineView;
  readonly brush: Brush;
  readonly strokes: StrokeActions;
  readonly thumbnails: Thumbnails<HTMLCanvasElement>;
  /** The desktop shell, or null in a browser. */
  readonly desktop: DesktopBridge | null;
  /** Calls a method of the session that is on screen now. It rejects with `session-unknown` while none is. */
  readonly callSession: SessionClient['call'];
  /** Waits for a call and tells the user when it failed. @returns whether it went well */
  attempt(work: Promise<unknown>): Promise<boolean>;
  /**
   * Opens a clip in a tab of its own; null opens the sample.
   *
   * @param isNew with a new project
   * @returns why that failed, or null
   */
  openClip(path: string | null, isNew?: boolean): Promise<AppError | null>;
}
