/** Everything the window's parts share, made once: client, store, player, prompts, viewport and the commands' meaning. */
import { type CommandId, commands } from '../../shared/commands.ts';
import type { DesktopBridge } from '../../shared/desktop-bridge.ts';
import { AppError } from '../../shared/errors.ts';
import { canvasOf } from '../features/timeline/thumbnail-canvas.ts';
import { TimelineView } from '../features/timeline/timeline-view.ts';
import { Brush } from '../features/viewer/brush.ts';
import { Viewport } from '../features/viewer/viewport.ts';
import { FrameTimes } from '../playback/frame-times.ts';
import { Player } from '../playback/player.ts';
import { Thumbnails } from '../playback/thumbnails.ts';
import { type AppStore, createAppStore, mirrorHost, reportError } from '../state/app-store.ts';
import { readPreferences, rememberPreferences, setPreference } from '../state/remember-preferences.ts';
import { sharePreferences } from '../state/share-preferences.ts';
import { commandContext, liveOf, runningOperation } from '../state/window-state.ts';
import type { Client } from '../transport/client.ts';
import { createCommandRunners } from './command-runners.ts';
import { createPromptActions } from './prompt-actions.ts';
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

/** A playhead that stays this long is where the clip opens again. */
const restMs = 600;
/** Playing goes on faster than this, a held arrow key too. */
const attendMs = 150;

export const dismissHints = (store: AppStore): void => setPreference(store, { areHintsDismissed: true });

export const createAppModel = ({ client, desktop, fileUrl }: AppModelOptions): AppModel => {
  const store = createAppStore({ prefs: readPreferences() });
  rememberPreferences(store);
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
    return state.link === 'open' && !state.isPlaying && runningOperation(state, 'track') === null && liveOf(state) === null;
  };
  const thumbnails = new Thumbnails(client, isDecoderFree, canvasOf);
  const prompts = createPromptActions(client, store, () => {
    const { isPlaying, isFollowing, shownFrame } = store.getState();
    // A live picture goes on; the click is for the frame that was clicked.
    if (liveOf(store.getState())) return;
    if (isPlaying) player.pause();
    // Tracking goes on; the picture stays where the user works.
    else if (isFollowing) player.seek(shownFrame);
  });
  sharePreferences(client, store);
  mirrorHost(client, store);
  store.subscribe((state, previous) => {
    if (state.host?.session?.id !== previous.host?.session?.id) {
      timeline.setFrameCount(state.host?.session?.media.frameCount ?? 1);
      thumbnails.clear();
    }
    const media = state.host?.session?.media;
    const isOtherClip = state.host?.session?.id !== previous.host?.session?.id;
    if (media && (isOtherClip || (state.link === 'open' && previous.link !== 'open'))) times.open(media);
    else if (media && liveOf(state) && media.frameCount !== previous.host?.session?.media.frameCount) {
      times.grow(media);
      timeline.grow(media.frameCount);
    }
    if (state.isPlaying !== previous.isPlaying || state.host !== previous.host) thumbnails.pump();
    if (state.playhead !== previous.playhead) timeline.reveal(state.playhead);
    // Whoever selects another object alone need not know that there were several.
    if (state.selectedId !== previous.selectedId && state.alsoSelected === previous.alsoSelected && state.alsoSelected.length > 0)
      store.setState({ alsoSelected: [] });
    // Strokes belong to one object on one frame.
    if (state.playhead !== previous.playhead || state.selectedId !== previous.selectedId) brush.discard();
  });

  let resting: ReturnType<typeof setTimeout> | undefined;
  let attending: ReturnType<typeof setTimeout> | undefined;
  store.subscribe((state, previous) => {
    const isOther = state.playhead !== previous.playhead || state.host?.session?.id !== previous.host?.session?.id;
    if (state.host?.session && isOther) {
      clearTimeout(attending);
      attending = setTimeout(() => client.call('session.attend', { frame: store.getState().playhead }).catch(() => {}), attendMs);
    }
    if (state.playhead === previous.playhead || state.host?.session?.id !== previous.host?.session?.id) return;
    clearTimeout(resting);
    // A position that could not be told is told with the next one.
    resting = setTimeout(() => client.call('session.setPosition', { frame: store.getState().playhead }).catch(() => {}), restMs);
  });

  const attempt = async (work: Promise<unknown>): Promise<boolean> => {
    try {
      await work;
      return true;
    } catch (error) {
      reportError(store, error);
      return false;
    }
  };

  const openClip = async (path: string | null): Promise<AppError | null> => {
    store.setState({ isOpening: true });
    try {
      await (path === null ? client.call('session.openSample', {}) : client.call('session.open', { path }));
      return null;
    } catch (error) {
      const known = AppError.from(error);
      // Whoever cancelled it knows.
      return known.code === 'cancelled' ? null : known;
    } finally {
      store.setState({ isOpening: false });
    }
  };

  const runners = createCommandRunners({
    client,
    store,
    player,
    times,
    prompts,
    viewport,
    timeline,
    brush,
    thumbnails,
    desktop,
    attempt,
    openClip,
  });
  const run = (id: CommandId, chord = ''): void => {
    if (commands[id].enabled(commandContext(store.getState()))) runners[id](chord);
  };

  desktop?.onCommand((id) => run(id));
  return { client, store, player, times, prompts, viewport, timeline, brush, thumbnails, desktop, fileUrl, run, attempt, openClip };
};
