/** Everything the window's parts share, made once: client, store, player, prompts, viewport and the commands' meaning. */
import { type CommandId, commands } from '../../shared/commands.ts';
import type { DesktopBridge } from '../../shared/desktop-bridge.ts';
import { AppError } from '../../shared/errors.ts';
import { Viewport } from '../features/viewer/viewport.ts';
import { Player } from '../playback/player.ts';
import { type AppStore, createAppStore, mirrorHost, reportError } from '../state/app-store.ts';
import { commandContext, neighbourPrompt, objectsOf, runningOperation } from '../state/window-state.ts';
import type { Client } from '../transport/client.ts';
import { createPromptActions, type PromptActions } from './prompt-actions.ts';

export interface AppModel {
  readonly client: Client;
  readonly store: AppStore;
  readonly player: Player;
  readonly prompts: PromptActions;
  readonly viewport: Viewport;
  /** The desktop shell, or null in a browser. */
  readonly desktop: DesktopBridge | null;
  /** Address a file the host wrote can be fetched from. */
  readonly fileUrl: (url: string) => string;
  /** Gives a command if it can be given now. @param chord the keys it was given by */
  run(id: CommandId, chord?: string): void;
  /** @returns why the clip could not be opened, or null */
  openClip(path: string): Promise<AppError | null>;
}

export interface AppModelOptions {
  client: Client;
  desktop: DesktopBridge | null;
  fileUrl: (url: string) => string;
}

const hintsKey = 'sam2-video-hints-dismissed';

export const dismissHints = (store: AppStore): void => {
  localStorage.setItem(hintsKey, '1');
  store.setState({ areHintsDismissed: true });
};

export const createAppModel = ({ client, desktop, fileUrl }: AppModelOptions): AppModel => {
  const store = createAppStore({ areHintsDismissed: localStorage.getItem(hintsKey) !== null });
  const player = new Player(client, store);
  const viewport = new Viewport();
  const prompts = createPromptActions(client, store, () => {
    if (store.getState().isPlaying) player.pause();
  });
  mirrorHost(client, store);

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
      return AppError.from(error);
    } finally {
      store.setState({ isOpening: false });
    }
  };

  const openAndReport = async (path: string | null): Promise<void> => {
    const error = await openClip(path);
    if (error) reportError(store, error);
  };

  const askForClip = async (): Promise<void> => {
    if (!desktop) {
      store.setState({ dialog: 'open' });
      return;
    }
    const path = await desktop.openFile();
    if (path !== null) await openAndReport(path);
  };

  const onSelected = (work: (objectId: number) => Promise<unknown>): void => {
    const { selectedId } = store.getState();
    if (selectedId !== null) void attempt(work(selectedId));
  };

  const goToPrompt = (direction: 1 | -1): void => {
    const state = store.getState();
    const frame = neighbourPrompt(objectsOf(state), state.playhead, direction);
    if (frame !== null) player.seek(frame);
  };

  const startTracking = async (): Promise<void> => {
    player.follow();
    const isStarted = await attempt(client.call('track.start', { direction: store.getState().trackDirection }));
    if (!isStarted) player.seek(store.getState().playhead);
  };

  const cancel = (): void => {
    const state = store.getState();
    const operation = runningOperation(state, 'track') ?? runningOperation(state, 'export');
    if (operation) void attempt(client.call('operation.cancel', { operationId: operation.id }));
  };

  const selectByChord = (chord: string): void => {
    const object = objectsOf(store.getState())[Number(chord.slice(-1)) - 1];
    if (object) store.setState({ selectedId: object.id });
  };

  const lastFrame = (): number => (store.getState().host?.session?.media.frameCount ?? 1) - 1;

  const runners: Record<CommandId, (chord: string) => void> = {
    'playback.toggle': () => player.toggle(),
    'playback.nextFrame': () => player.step(1),
    'playback.previousFrame': () => player.step(-1),
    'playback.forwardSecond': () => player.stepSeconds(1),
    'playback.backSecond': () => player.stepSeconds(-1),
    'playback.start': () => player.seek(0),
    'playback.end': () => player.seek(lastFrame()),
    'playback.previousPrompt': () => goToPrompt(-1),
    'playback.nextPrompt': () => goToPrompt(1),
    'object.add': () => void prompts.addObject(),
    'object.remove': () => onSelected((objectId) => client.call('object.remove', { objectId })),
    'object.clearFrame': () => void prompts.clearFrame(),
    'object.toggleVisible': () =>
      onSelected((objectId) => {
        const object = objectsOf(store.getState()).find(({ id }) => id === objectId);
        return client.call('object.update', { objectId, visible: !(object?.visible ?? true) });
      }),
    'object.rename': () => store.setState((s) => ({ renamingId: s.selectedId })),
    'object.select': selectByChord,
    'object.finish': () => store.setState({ selectedId: null, promptLabel: 1 }),
    'prompt.toggleMode': () => store.setState((s) => ({ promptLabel: s.promptLabel === 1 ? 0 : 1 })),
    'track.start': () => void startTracking(),
    'operation.cancel': cancel,
    'view.fit': () => viewport.fit(),
    'view.actualSize': () => viewport.actualSize(),
    'view.zoomIn': () => viewport.zoomBy(1.25),
    'view.zoomOut': () => viewport.zoomBy(0.8),
    'view.toggleOverlays': () => store.setState((s) => ({ areMasksVisible: !s.areMasksVisible })),
    'clip.open': () => void askForClip(),
    'clip.openSample': () => void openAndReport(null),
    'clip.export': () => store.setState({ dialog: 'export' }),
    'model.choose': () => store.setState({ dialog: 'models' }),
    'help.shortcuts': () => store.setState((s) => ({ dialog: s.dialog === 'shortcuts' ? null : 'shortcuts' })),
  };

  const run = (id: CommandId, chord = ''): void => {
    if (commands[id].enabled(commandContext(store.getState()))) runners[id](chord);
  };

  desktop?.onCommand((id) => run(id));
  return { client, store, player, prompts, viewport, desktop, fileUrl, run, openClip };
};
