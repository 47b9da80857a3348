/**
 * Everything the window's parts share, made once: client, store, player, prompts, viewport and the commands' meaning.
 */
import { type CommandId, commands } from '../../shared/commands.ts';
import type { DesktopBridge } from '../../shared/desktop-bridge.ts';
import { AppError } from '../../shared/errors.ts';
import { dismissSeenBeforeReload } from '../features/notices/dismiss-message.ts';
import { returnToFailedOpening } from '../features/open/failed-opening.ts';
import { createOpenClip } from '../features/open/open-clip.ts';
import { announceFinished } from '../features/tabs/announce-finished.ts';
import { createTabActions } from '../features/tabs/tab-actions.ts';
import { canvasOf } from '../features/timeline/thumbnail-canvas.ts';
import { TimelineView } from '../features/timeline/timeline-view.ts';
import { Brush } from '../features/viewer/brush.ts';
import { Viewport } from '../features/viewer/viewport.ts';
import { FrameTimes } from '../playback/frame-times.ts';
import { Player } from '../playback/player.ts';
import { Thumbnails } from '../playback/thumbnails.ts';
import { type AppStore, createAppStore, reportError } from '../state/app-store.ts';
import { mirrorHost } from '../state/mirror-host.ts';
import { readPreferences, rememberPreferences, setPreference } from '../state/remember-preferences.ts';
import { readTab, rememberTab } from '../state/remember-tab.ts';
import { sharePreferences } from '../state/share-preferences.ts';
import { commandContext, liveOf, runningOperation } from '../state/window-state.ts';
import type { Client } from '../transport/client.ts';
import { type SessionClient, sessionClient } from '../transport/session-client.ts';
import { createCommandRunners } from './command-runners.ts';
import { applyKeptStrokes, keepStrokes } from './kept-strokes.ts';
import { createPromptActions } from './prompt-actions.ts';
import { createStrokeActions, needsStrokes } from './stroke-actions.ts';
import { tellPosition } from './tell-position.ts';
import { ViewKeeper } from './view-keeper.ts';
import type { WindowParts } from './window-parts.ts';

export interface AppModel extends WindowParts {
  /** Address a file the host wrote can be fetched from. */
  readonly fileUrl: (url: string) => string;
  /** Gives a command if it can be given now. @param chord the keys it was given by */
  run(id: CommandId, chord?: string): void;
}

export interface AppModelOptions {
  client: Client;
  desktop: DesktopBridge | null;
  fileUrl: (url: string) => string;
}

export const dismissHints = (store: AppStore): void => setPreference(store, { areHintsDismissed: true });

export const createAppModel = ({ client, desktop, fileUrl }: AppModelOptions): AppModel => {
  const prefs = readPreferences();
  const store = createAppStore({ prefs, wanted: readTab(prefs.lastClip) });
  rememberPreferences(store);
  rememberTab(store);
  const tabs = createTabActions(client, store);
  const callSession: SessionClient['call'] = (method, input) => {
    const { activeId } = store.getState();
    if (activeId === null) return Promise.reject(new AppError('session-unknown', 'No clip is open. Open one first.'));
    return sessionClient(client, activeId).call(method, input);
  };
  const times = new FrameTimes(client);
  const player = new Player(client, store, times);
  const viewport = new Viewport();
  const timeline = new TimelineView();
  const brush = new Brush(store);
  // Strokes may be faster than the mask of the click before them.
  player.overlays.add(() => brush.rebase());
  // The timeline may have been scrolled away from the playhead.
  player.seeks.add((frame) => timeline.reveal(frame));
  const isDecoderFree = (): boolean => {
    const state = store.getState();
    const isWorking = runningOperation(state, 'track') !== null || runningOperation(state, 'find') !== null;
    return state.link === 'open' && !state.isPlaying && !isWorking && liveOf(state) === null;
  };
  const thumbnails = new Thumbnails(client, isDecoderFree, canvasOf);
  const prompts = createPromptActions(client, store, () => {
    // A live picture goes on; the click is for the frame that was clicked.
    if (!liveOf(store.getState())) player.stay();
  });
  sharePreferences(client, store);
  mirrorHost(client, store);
  announceFinished(store);
  returnToFailedOpening(store);
  dismissSeenBeforeReload(client, store);
  const views = new ViewKeeper({ viewport, timeline });
  const strokes = createStrokeActions(store, brush, prompts);
  store.subscribe((state, previous) => {
    strokes.applyIfLeft();
    const { session } = state;
    const media = session?.media;
    const isOtherTab = state.activeId !== previous.activeId;
    const isOtherClip = session?.id !== previous.session?.id;
    if (isOtherTab && previous.session) views.leave(previous.session.id);
    if (isOtherTab) thumbnails.open(state.activeId);
    if (isOtherTab || state.host?.sessions !== previous.host?.sessions)
      views.keepOnly((id) => state.host?.sessions.some((open) => open.id === id) ?? false);
    if (media && (isOtherClip || (state.link === 'open' && previous.link !== 'open'))) times.open(session.id, media);
    if (media && isOtherClip) views.show(session.id, media);
    else if (media && previous.session) {
      const before = previous.session.media;
      if (media.width !== before.width || media.height !== before.height) viewport.setImage({ width: media.width, height: media.height });
      if (session.live && media.frameCount !== before.frameCount) {
        times.grow(media);
        timeline.grow(media.frameCount);
      }
    }
    if (state.isPlaying !== previous.isPlaying || state.host !== previous.host || isOtherClip) thumbnails.pump();
    if (isOtherClip) return;
    if (state.playhead !== previous.playhead) timeline.reveal(state.playhead);
    // Whoever selects another object alone need not know that there were several.
    if (state.selectedId !== previous.selectedId && state.alsoSelected === previous.alsoSelected && state.alsoSelected.length > 0)
      store.setState({ alsoSelected: [] });
  });

  tellPosition(client, store);

  const attempt = async (work: Promise<unknown>): Promise<boolean> => {
    try {
      await work;
      return true;
    } catch (error) {
      reportError(store, error);
      return false;
    }
  };

  const openClip = createOpenClip(client, store, tabs);

  const parts: WindowParts = {
    client,
    store,
    tabs,
    player,
    times,
    prompts,
    viewport,
    timeline,
    brush,
    strokes,
    thumbnails,
    desktop,
    callSession,
    attempt,
    openClip,
  };
  const runners = createCommandRunners(parts);
  const run = (id: CommandId, chord = ''): void => {
    const isEnabled = (): boolean => commands[id].enabled(commandContext(store.getState()));
    if (!isEnabled()) return;
    if (brush.place === null || !needsStrokes(id)) runners[id](chord);
    else void strokes.apply().then(() => isEnabled() && runners[id](chord));
  };

  // Whoever works here is not taken to the tab from before any more.
  const stay = (): void => {
    if (store.getState().wanted) store.setState({ wanted: null });
  };
  for (const type of ['pointerdown', 'keydown']) window.addEventListener(type, stay, { capture: true });
  window.addEventListener('pagehide', () => keepStrokes(store, brush));
  applyKeptStrokes(store, prompts);
  desktop?.onCommand((id) => run(id));
  return { ...parts, fileUrl, run };
};
