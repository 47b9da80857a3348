/** What each command of the table does in this window. */
import type { CommandId } from '../../shared/commands.ts';
import type { TrackDirection } from '../../shared/contract/tracking.ts';
import { createFindRunners } from '../features/find/find-runners.ts';
import { copyDiagnostics } from '../features/log/copy-diagnostics.ts';
import { statusText } from '../features/status/strings.ts';
import { canvasFromImage } from '../features/viewer/geometry.ts';
import { addToast, reportError } from '../state/app-store.ts';
import { nextTheme } from '../state/preferences.ts';
import { setPreference } from '../state/remember-preferences.ts';
import type { ToolName } from '../state/session-view.ts';
import {
  type DialogName,
  liveOf,
  marksOf,
  neighbourPrompt,
  objectsOf,
  runningAnywhere,
  runningOperation,
  selectedObjects,
} from '../state/window-state.ts';
import { type SessionInput, sessionClient } from '../transport/session-client.ts';
import { createObjectRunners } from './object-runners.ts';
import { openReview, stepLoss, stepReview } from './review-actions.ts';
import { runnerText } from './strings.ts';
import type { WindowParts } from './window-parts.ts';

export type CommandRunners = Record<CommandId, (chord: string) => void>;

export const createCommandRunners = (app: WindowParts): CommandRunners => {
  const { client, callSession, store, tabs, player, prompts, viewport, timeline, brush, strokes, desktop, attempt, openClip } = app;

  const openAndReport = async (path: string | null, isNew = false): Promise<void> => {
    const error = await openClip(path, isNew);
    if (error) reportError(store, error);
  };

  const reopen = async (): Promise<void> => {
    const last = store.getState().closed.at(-1);
    if (!last) return;
    store.setState((s) => ({ closed: s.closed.slice(0, -1) }));
    const { path, project } = last;
    if (project === null) await openAndReport(path);
    else await attempt(client.call('project.open', { path: project }).then(tabs.opened));
  };

  const askForClip = async (): Promise<void> => {
    if (!desktop) {
      store.setState({ dialog: 'open' });
      return;
    }
    const path = await desktop.openFile();
    if (path !== null) await openAndReport(path);
  };

  const seekTo = (frame: number | null, otherwise: string): void => {
    if (frame === null) addToast(store, 'info', otherwise);
    else player.seek(frame);
  };

  const goToPrompt = (direction: 1 | -1): void =>
    seekTo(neighbourPrompt(objectsOf(store.getState()), store.getState().playhead, direction), runnerText.noPrompt);

  /** The field is on the timeline. */
  const goTo = (): void => {
    if (!store.getState().prefs.isTimelineShown) setPreference(store, { isTimelineShown: true });
    store.setState({ isAskingPlace: true });
  };

  const lastFrame = (): number => (store.getState().session?.media.frameCount ?? 1) - 1;

  /** @param part the marked range, what lies beyond the frame on screen, or all */
  const track = async (direction: TrackDirection, part: 'all' | 'range' | 'here' = 'all'): Promise<void> => {
    const { trackScope, activeId } = store.getState();
    const marks = marksOf(store.getState());
    // A closed range is tracked both ways: nothing outside it is touched.
    const input: SessionInput<'track.start'> = { direction: part === 'range' ? 'both' : direction };
    if (trackScope === 'selected') {
      const objectIds = selectedObjects(store.getState()).map(({ id }) => id);
      if (objectIds.length === 0) {
        addToast(store, 'info', runnerText.noObject);
        return;
      }
      input.objectIds = objectIds;
    }
    if (part === 'range') {
      input.from = marks.in ?? 0;
      input.to = marks.out ?? lastFrame();
    }
    if (part === 'here') input.from = store.getState().shownFrame;
    player.follow();
    const isStarted = await attempt(callSession('track.start', input));
    if (!isStarted && store.getState().activeId === activeId) player.seek(store.getState().playhead);
  };

  const cancel = (): void => {
    const state = store.getState();
    const operation = runningOperation(state, 'track') ?? runningOperation(state, 'find') ?? runningOperation(state, 'export');
    if (operation) void attempt(client.call('operation.cancel', { operationId: operation.id }));
  };

  const setMarks = (marks: SessionInput<'session.setMarks'>): void => void attempt(callSession('session.setMarks', marks));

  const stepBack = async (method: 'history.undo' | 'history.redo', say: (label: string) => string): Promise<void> => {
    const { activeId } = store.getState();
    if (activeId === null) return;
    try {
      // What was just clicked is what is taken back, also when it is still on its way.
      await prompts.settled();
      const { label } = await sessionClient(client, activeId).call(method, {});
      if (label !== null) addToast(store, 'info', say(label), { about: 'history' });
    } catch (error) {
      reportError(store, error);
    }
  };
  const dialog = (name: DialogName) => (): void => store.setState((s) => ({ dialog: s.dialog === name ? null : name }));
  const tool = (name: ToolName) => (): void => store.setState({ tool: name });

  /** Moves the pointer of the keyboard; it begins in the middle. With Shift it goes one source pixel. */
  const movePointer =
    (dx: number, dy: number) =>
    (chord: string): void => {
      const { image, view } = viewport.store.getState();
      const step = chord.includes('Shift') ? 1 : Math.max(1, 16 / view.scale);
      store.setState(({ keyPointer }) => {
        const from = keyPointer ?? { x: image.width / 2, y: image.height / 2 };
        return {
          keyPointer: {
            x: Math.min(image.width - 0.5, Math.max(0, from.x + dx * step)),
            y: Math.min(image.height - 0.5, Math.max(0, from.y + dy * step)),
          },
        };
      });
      viewport.reveal(store.getState().keyPointer!);
    };

  /** Where the keyboard points, what lies there stays there; else what is in the middle. */
  const zoom = (factor: number): void => {
    const { keyPointer } = store.getState();
    viewport.zoomBy(factor, keyPointer ? canvasFromImage(viewport.store.getState().view, keyPointer) : undefined);
  };

  const promptAtPointer = (label: 0 | 1): void => {
    const { keyPointer } = store.getState();
    if (keyPointer) void prompts.addPoint({ x: Math.round(keyPointer.x), y: Math.round(keyPointer.y), label });
    else addToast(store, 'info', runnerText.noPointer);
  };

  /** The work is saved by itself; whoever asks for it is told so, or why it is not. */
  const sayIfSaved = (): void => {
    const { project } = store.getState().session ?? {};
    if (liveOf(store.getState())) addToast(store, 'info', runnerText.savedLive);
    else if (project?.error) addToast(store, 'error', project.error.message);
    else if (project) addToast(store, 'info', runnerText.saved(project.path));
    else addToast(store, 'warning', statusText.unkeptTitle);
  };

  return {
    'clip.open': () => void askForClip(),
    'clip.openRecent': dialog('recents'),
    'project.new': () => void openAndReport(store.getState().session?.media.path ?? null, true),
    'clip.openSample': () => void openAndReport(null),
    'camera.open': dialog('camera'),
    'streams.open': dialog('streams'),
    'import.finish': () => {
      const operation = runningAnywhere(store.getState(), 'import');
      if (operation) void attempt(client.call('import.finish', { operationId: operation.id }));
    },
    'clip.export': () => store.setState({ dialog: 'export' }),
    'tab.next': () => tabs.step(1),
    'tab.previous': () => tabs.step(-1),
    'tab.close': () => tabs.close(store.getState().activeId),
    'tab.reopen': () => void reopen(),
    'project.save': sayIfSaved,
    'project.copy': dialog('copy'),
    'model.choose': dialog('models'),
    'palette.open': dialog('palette'),
    'settings.open': dialog('settings'),
    'mark.in': () => setMarks({ in: store.getState().playhead }),
    'mark.out': () => setMarks({ out: store.getState().playhead }),
    'mark.clear': () => setMarks({ in: null, out: null }),
    'mark.goIn': () => player.seek(marksOf(store.getState()).in ?? 0),
    'mark.goOut': () => player.seek(marksOf(store.getState()).out ?? lastFrame()),
    'playback.toggle': () => player.toggle(),
    'playback.shuttleBack': () => player.shuttle(-1),
    'playback.stop': () => (store.getState().isPlaying ? player.pause() : undefined),
    'playback.shuttleForward': () => player.shuttle(1),
    'playback.nextFrame': () => player.step(1),
    'playback.previousFrame': () => player.step(-1),
    'playback.forwardSecond': () => player.stepSeconds(1),
    'playback.backSecond': () => player.stepSeconds(-1),
    'playback.start': () => player.seek(0),
    'playback.end': () => (liveOf(store.getState()) ? player.follow() : player.seek(lastFrame())),
    'playback.goTo': () => goTo(),
    'playback.previousPrompt': () => goToPrompt(-1),
    'playback.nextPrompt': () => goToPrompt(1),
    'playback.previousGap': () => stepLoss(app, -1),
    'playback.nextGap': () => stepLoss(app, 1),
    'playback.previousUnsure': () => stepReview(app, -1),
    'playback.nextUnsure': () => stepReview(app, 1),
    'review.open': () => openReview(store),
    'tool.point': tool('point'),
    'tool.box': tool('box'),
    'tool.brush': tool('brush'),
    'tool.eraser': tool('eraser'),
    'tool.hand': tool('hand'),
    'prompt.toggleMode': () => store.setState((s) => ({ promptLabel: s.promptLabel === 1 ? 0 : 1, tool: 'point' })),
    'pointer.left': movePointer(-1, 0),
    'pointer.right': movePointer(1, 0),
    'pointer.up': movePointer(0, -1),
    'pointer.down': movePointer(0, 1),
    'pointer.positive': () => promptAtPointer(1),
    'pointer.negative': () => promptAtPointer(0),
    'brush.smaller': () => brush.resize(0.8),
    'brush.larger': () => brush.resize(1.25),
    'brush.undo': () => brush.undo(),
    'brush.apply': () => void strokes.apply(),
    'brush.discard': () => brush.discard(),
    'prompt.nextMask': () => void prompts.nextMask(),
    ...createObjectRunners(app),
    ...createFindRunners(app),
    'edit.undo': () => void stepBack('history.undo', runnerText.undone),
    'edit.redo': () => void stepBack('history.redo', runnerText.redone),
    'track.start': () => void track(store.getState().trackDirection),
    'track.forward': () => void track('forward'),
    'track.backward': () => void track('backward'),
    'track.both': () => void track('both'),
    'track.forwardHere': () => void track('forward', 'here'),
    'track.backwardHere': () => void track('backward', 'here'),
    'track.range': () => void track(store.getState().trackDirection, 'range'),
    'track.toggleSelected': () => store.setState((s) => ({ trackScope: s.trackScope === 'all' ? 'selected' : 'all' })),
    'track.follow': () => player.follow(),
    'live.toggleTracking': () => void attempt(callSession('live.setTracking', { isOn: liveOf(store.getState())?.isTracking !== true })),
    'live.stop': () => void attempt(callSession('live.stop', {})),
    'operation.cancel': cancel,
    'timeline.zoomIn': () => timeline.zoomBy(0.5, store.getState().playhead),
    'timeline.zoomOut': () => timeline.zoomBy(2, store.getState().playhead),
    'timeline.fit': () => timeline.fit(),
    'view.fit': () => viewport.fit(),
    'view.actualSize': () => viewport.actualSize(),
    'view.zoomIn': () => zoom(1.25),
    'view.zoomOut': () => zoom(0.8),
    'view.panLeft': () => viewport.look(-1, 0),
    'view.panRight': () => viewport.look(1, 0),
    'view.panUp': () => viewport.look(0, -1),
    'view.panDown': () => viewport.look(0, 1),
    'view.toggleTimecode': () => setPreference(store, { clock: store.getState().prefs.clock === 'time' ? 'timecode' : 'time' }),
    'view.toggleOverlays': () => store.setState((s) => ({ areMasksVisible: !s.areMasksVisible })),
    'view.toggleContours': () => setPreference(store, { areContoursShown: !store.getState().prefs.areContoursShown }),
    'view.toggleSide': () => setPreference(store, { isSideShown: !store.getState().prefs.isSideShown }),
    'view.toggleTimeline': () => setPreference(store, { isTimelineShown: !store.getState().prefs.isTimelineShown }),
    'view.theme': () => setPreference(store, { theme: nextTheme(store.getState().prefs.theme) }),
    'help.log': dialog('log'),
    'help.copyDiagnostics': () => void copyDiagnostics(app),
    'help.shortcuts': dialog('shortcuts'),
    'help.hints': () => setPreference(store, { areHintsDismissed: false }),
  };
};
