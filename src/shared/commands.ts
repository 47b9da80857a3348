/**
 * Every command a user can give, in one table: menu bar (menus.ts), shortcuts (keymap.ts), palette, tooltips, the cheat-sheet and
 * Electron's menu all read it. What a command does is bound to its id in the window; whether it can be given now is a pure
 * function of a small context. Keys are chords (chords.ts).
 */

export interface CommandContext {
  hasSession: boolean;
  /** The work is kept in a project's folder. */
  hasProject: boolean;
  hasSelection: boolean;
  hasPrompts: boolean;
  hasResults: boolean;
  hasMarks: boolean;
  /** The selected object was clicked or boxed on the frame on screen, so the model made several masks. */
  hasMaskChoice: boolean;
  /** Strokes of the brush that are not applied yet. */
  hasStrokes: boolean;
  canUndo: boolean;
  canRedo: boolean;
  isEngineReady: boolean;
  isTracking: boolean;
  /** The playhead goes along with the frames being tracked. */
  isFollowing: boolean;
  /** The source is live: what is for whole clips has to wait. */
  isLive: boolean;
  isExporting: boolean;
  /** An address is being fetched. */
  isFetching: boolean;
}

export const commandGroups = ['File', 'Edit', 'Playback', 'Tools', 'Objects', 'Tracking', 'Timeline', 'View', 'Help'] as const;
export type CommandGroup = (typeof commandGroups)[number];

export interface CommandSpec {
  label: string;
  group: CommandGroup;
  keys: readonly string[];
  enabled: (context: CommandContext) => boolean;
  /** Other words a user may look for it by. */
  words?: string;
}

const always = (): boolean => true;
const isConnected = (context: CommandContext): boolean => context.isEngineReady;
const withSession = (context: CommandContext): boolean => context.hasSession;
const withSelection = (context: CommandContext): boolean => context.hasSelection;
const canTrack = (context: CommandContext): boolean =>
  context.hasPrompts && context.isEngineReady && !context.isTracking && !context.isLive;
const withMarks = (context: CommandContext): boolean => context.hasSession && context.hasMarks;
const withClip = (context: CommandContext): boolean => context.hasSession && !context.isLive;

export const commands = {
  'clip.open': { label: 'Open a clip', group: 'File', keys: ['Mod+KeyO'], enabled: always, words: 'video file folder address' },
  'clip.openSample': { label: 'Open the sample clip', group: 'File', keys: [], enabled: always, words: 'demo example' },
  'camera.open': { label: 'Camera', group: 'File', keys: [], enabled: isConnected, words: 'webcam live capture' },
  'import.finish': {
    label: 'Stop fetching and open what came',
    group: 'File',
    keys: [],
    enabled: (context) => context.isFetching,
    words: 'stream live record',
  },
  'clip.close': { label: 'Close the clip', group: 'File', keys: [], enabled: (context) => withClip(context) && !context.isTracking },
  'clip.export': { label: 'Export', group: 'File', keys: ['Mod+KeyE'], enabled: withClip, words: 'save render masks coco' },
  'project.copy': {
    label: 'Copy the project',
    group: 'File',
    keys: [],
    enabled: (context) => context.hasProject && !context.isLive,
    words: 'portable folder backup share save as',
  },
  'model.choose': { label: 'Models', group: 'File', keys: ['KeyM'], enabled: always, words: 'download checkpoint sam' },

  'settings.open': { label: 'Settings', group: 'Edit', keys: ['Mod+Comma'], enabled: always, words: 'preferences options' },
  'palette.open': {
    label: 'Find a command',
    group: 'Edit',
    keys: ['Mod+KeyK', 'Mod+Shift+KeyP'],
    enabled: always,
    words: 'palette search',
  },
  'mark.in': { label: 'Mark in', group: 'Timeline', keys: ['KeyI'], enabled: withClip, words: 'range start' },
  'mark.out': { label: 'Mark out', group: 'Timeline', keys: ['KeyO'], enabled: withClip, words: 'range end' },
  'mark.clear': { label: 'Clear the marks', group: 'Timeline', keys: ['Alt+KeyX'], enabled: withMarks },
  'mark.goIn': { label: 'Go to the in mark', group: 'Timeline', keys: ['Shift+KeyI'], enabled: withMarks },
  'mark.goOut': { label: 'Go to the out mark', group: 'Timeline', keys: ['Shift+KeyO'], enabled: withMarks },

  'playback.toggle': { label: 'Play or pause', group: 'Playback', keys: ['Space'], enabled: withSession },
  'playback.shuttleBack': { label: 'Shuttle back, again for faster', group: 'Playback', keys: ['KeyJ'], enabled: withSession },
  'playback.stop': { label: 'Stop', group: 'Playback', keys: ['KeyK'], enabled: withSession },
  'playback.shuttleForward': { label: 'Shuttle forward, again for faster', group: 'Playback', keys: ['KeyL'], enabled: withSession },
  'playback.nextFrame': { label: 'Next frame', group: 'Playback', keys: ['ArrowRight', 'Period'], enabled: withSession },
  'playback.previousFrame': { label: 'Previous frame', group: 'Playback', keys: ['ArrowLeft', 'Comma'], enabled: withSession },
  'playback.forwardSecond': { label: 'Forward 1 second', group: 'Playback', keys: ['Shift+ArrowRight'], enabled: withSession },
  'playback.backSecond': { label: 'Back 1 second', group: 'Playback', keys: ['Shift+ArrowLeft'], enabled: withSession },
  'playback.start': { label: 'Go to the start', group: 'Playback', keys: ['Home'], enabled: withSession },
  'playback.end': { label: 'Go to the end', group: 'Playback', keys: ['End'], enabled: withSession },
  'playback.previousPrompt': { label: 'Previous prompt', group: 'Playback', keys: ['ArrowUp'], enabled: withSession },
  'playback.nextPrompt': { label: 'Next prompt', group: 'Playback', keys: ['ArrowDown'], enabled: withSession },
  'playback.previousGap': {
    label: 'Previous gap',
    group: 'Playback',
    keys: ['Shift+KeyG'],
    enabled: withSession,
    words: 'missing untracked',
  },
  'playback.nextGap': { label: 'Next gap', group: 'Playback', keys: ['KeyG'], enabled: withSession, words: 'missing untracked' },
  'playback.previousUnsure': {
    label: 'Previous unsure frame',
    group: 'Playback',
    keys: ['Shift+KeyU'],
    enabled: withSession,
    words: 'review doubt',
  },
  'playback.nextUnsure': { label: 'Next unsure frame', group: 'Playback', keys: ['KeyU'], enabled: withSession, words: 'review doubt' },

  'tool.point': { label: 'Click tool', group: 'Tools', keys: ['KeyQ'], enabled: withSession, words: 'point positive' },
  'tool.box': { label: 'Box tool', group: 'Tools', keys: ['KeyB'], enabled: withSession, words: 'rectangle' },
  'tool.brush': { label: 'Brush', group: 'Tools', keys: ['KeyP'], enabled: withSession, words: 'paint mask draw' },
  'tool.eraser': { label: 'Eraser', group: 'Tools', keys: ['KeyX'], enabled: withSession, words: 'erase mask' },
  'tool.hand': { label: 'Hand', group: 'Tools', keys: ['KeyW'], enabled: withSession, words: 'pan move' },
  'prompt.toggleMode': {
    label: 'Switch between adding to and removing from the object',
    group: 'Tools',
    keys: ['KeyN'],
    enabled: withSession,
    words: 'negative positive',
  },
  'pointer.left': { label: 'Move the pointer left', group: 'Tools', keys: ['Mod+ArrowLeft', 'Mod+Shift+ArrowLeft'], enabled: withSession },
  'pointer.right': {
    label: 'Move the pointer right',
    group: 'Tools',
    keys: ['Mod+ArrowRight', 'Mod+Shift+ArrowRight'],
    enabled: withSession,
  },
  'pointer.up': { label: 'Move the pointer up', group: 'Tools', keys: ['Mod+ArrowUp', 'Mod+Shift+ArrowUp'], enabled: withSession },
  'pointer.down': { label: 'Move the pointer down', group: 'Tools', keys: ['Mod+ArrowDown', 'Mod+Shift+ArrowDown'], enabled: withSession },
  'pointer.positive': {
    label: 'Positive point at the pointer',
    group: 'Tools',
    keys: ['KeyE'],
    enabled: withSession,
    words: 'add keyboard',
  },
  'pointer.negative': {
    label: 'Negative point at the pointer',
    group: 'Tools',
    keys: ['Shift+KeyE'],
    enabled: withSession,
    words: 'remove keyboard',
  },
  'brush.smaller': { label: 'Smaller brush', group: 'Tools', keys: ['BracketLeft'], enabled: withSession },
  'brush.larger': { label: 'Larger brush', group: 'Tools', keys: ['BracketRight'], enabled: withSession },
  'brush.apply': {
    label: 'Apply the painted mask',
    group: 'Tools',
    keys: ['Enter'],
    enabled: (context) => context.hasStrokes,
  },

  'brush.undo': { label: 'Undo the last stroke', group: 'Tools', keys: ['Mod+KeyZ'], enabled: (context) => context.hasStrokes },
  'edit.undo': { label: 'Undo', group: 'Edit', keys: ['Mod+KeyZ'], enabled: (context) => context.canUndo },
  'edit.redo': {
    label: 'Redo',
    group: 'Edit',
    keys: ['Mod+Shift+KeyZ', 'Mod+KeyY'],
    enabled: (context) => context.canRedo,
  },
  'brush.discard': {
    label: 'Discard the painted mask',
    group: 'Tools',
    keys: ['Escape'],
    enabled: (context) => context.hasStrokes,
  },

  'object.add': { label: 'New object', group: 'Objects', keys: ['KeyA'], enabled: withSession },
  'object.remove': { label: 'Delete object', group: 'Objects', keys: ['Delete'], enabled: withSelection },
  'object.removeLastPoint': { label: 'Remove the last point', group: 'Objects', keys: ['Backspace'], enabled: withSelection },
  'object.clearFrame': { label: 'Clear prompts on this frame', group: 'Objects', keys: ['Shift+Backspace'], enabled: withSelection },
  'prompt.nextMask': {
    label: 'Take another of the masks the model found',
    group: 'Objects',
    keys: ['KeyC'],
    enabled: (context) => context.hasMaskChoice,
    words: 'candidate part whole ambiguous alternative',
  },
  'object.toggleVisible': { label: 'Show or hide object', group: 'Objects', keys: ['KeyV'], enabled: withSelection },
  'object.toggleSolo': { label: 'Show this object alone', group: 'Objects', keys: ['Alt+KeyH'], enabled: withSelection, words: 'solo' },
  'object.showAll': { label: 'Show all objects', group: 'Objects', keys: ['Shift+KeyV'], enabled: withSession, words: 'unhide solo' },
  'object.rename': { label: 'Rename object', group: 'Objects', keys: ['F2'], enabled: withSelection },
  'object.recolor': { label: 'Change the colour', group: 'Objects', keys: ['Shift+KeyC'], enabled: withSelection, words: 'color recolour' },
  'object.selectNext': { label: 'Select the next object', group: 'Objects', keys: ['Alt+ArrowDown'], enabled: withSession },
  'object.selectPrevious': { label: 'Select the previous object', group: 'Objects', keys: ['Alt+ArrowUp'], enabled: withSession },
  'object.moveUp': {
    label: 'Move the object up the list',
    group: 'Objects',
    keys: ['Alt+Shift+ArrowUp'],
    enabled: withSelection,
    words: 'reorder',
  },
  'object.moveDown': {
    label: 'Move the object down the list',
    group: 'Objects',
    keys: ['Alt+Shift+ArrowDown'],
    enabled: withSelection,
    words: 'reorder',
  },
  'object.toggleLocked': {
    label: 'Protect the object from changes',
    group: 'Objects',
    keys: ['Shift+KeyL'],
    enabled: withSelection,
    words: 'lock',
  },
  'object.select': {
    label: 'Select object 1 to 9',
    group: 'Objects',
    keys: ['Digit1', 'Digit2', 'Digit3', 'Digit4', 'Digit5', 'Digit6', 'Digit7', 'Digit8', 'Digit9'],
    enabled: withSession,
  },

  'track.start': { label: 'Track', group: 'Tracking', keys: ['KeyT', 'Mod+Enter'], enabled: canTrack, words: 'propagate run' },
  'track.forward': { label: 'Track forward', group: 'Tracking', keys: ['Shift+KeyT'], enabled: canTrack },
  'track.backward': { label: 'Track backward', group: 'Tracking', keys: ['Alt+KeyT'], enabled: canTrack },
  'track.both': { label: 'Track both ways', group: 'Tracking', keys: [], enabled: canTrack },
  'track.range': {
    label: 'Track the marked range',
    group: 'Tracking',
    keys: ['Alt+KeyR'],
    enabled: (context) => canTrack(context) && context.hasMarks,
  },
  'track.toggleSelected': {
    label: 'Track only the selected object',
    group: 'Tracking',
    keys: [],
    enabled: withSession,
    words: 'all objects scope',
  },
  'track.follow': {
    label: 'Go along with the newest frame',
    group: 'Tracking',
    keys: ['Shift+KeyF'],
    enabled: (context) => (context.isTracking || context.isLive) && !context.isFollowing,
    words: 'follow watch tracking live',
  },
  'live.toggleTracking': {
    label: 'Follow objects in a live source, or not',
    group: 'Tracking',
    keys: ['KeyT'],
    enabled: (context) => context.isLive,
    words: 'webcam stream track',
  },
  'live.stop': {
    label: 'Stop the live source and open the recording',
    group: 'Tracking',
    keys: [],
    enabled: (context) => context.isLive,
    words: 'webcam stream end record',
  },
  'operation.cancel': {
    label: 'Cancel what is running',
    group: 'Tracking',
    keys: ['Escape'],
    enabled: (context) => context.isTracking || context.isExporting,
  },
  'object.finish': {
    label: 'Finish object, so that the next click starts a new one',
    group: 'Objects',
    keys: ['Enter', 'Escape', 'KeyF'],
    enabled: withSelection,
  },

  'timeline.zoomIn': { label: 'Zoom the timeline in', group: 'Timeline', keys: ['Alt+Equal'], enabled: withSession },
  'timeline.zoomOut': { label: 'Zoom the timeline out', group: 'Timeline', keys: ['Alt+Minus'], enabled: withSession },
  'timeline.fit': { label: 'Show the whole timeline', group: 'Timeline', keys: ['Alt+Digit0'], enabled: withSession },

  'view.fit': { label: 'Fit to window', group: 'View', keys: ['Mod+Digit0'], enabled: withSession },
  'view.actualSize': { label: 'Actual size', group: 'View', keys: ['Mod+Digit1'], enabled: withSession },
  'view.zoomIn': { label: 'Zoom in', group: 'View', keys: ['Equal', 'NumpadAdd'], enabled: withSession },
  'view.zoomOut': { label: 'Zoom out', group: 'View', keys: ['Minus', 'NumpadSubtract'], enabled: withSession },
  'view.toggleOverlays': { label: 'Show or hide all masks', group: 'View', keys: ['KeyH'], enabled: withSession },
  'view.toggleContours': { label: 'Show or hide contours', group: 'View', keys: ['Shift+KeyH'], enabled: withSession, words: 'outline' },
  'view.toggleSide': { label: 'Show or hide the side panel', group: 'View', keys: ['Mod+KeyB'], enabled: withSession },
  'view.toggleTimeline': { label: 'Show or hide the timeline', group: 'View', keys: ['Mod+Shift+KeyB'], enabled: withSession },
  'view.theme': { label: 'Switch the theme', group: 'View', keys: [], enabled: always, words: 'dark light system colours' },

  'help.shortcuts': { label: 'Keyboard shortcuts', group: 'Help', keys: ['Shift+Slash', 'F1'], enabled: always, words: 'keys cheat sheet' },
  'help.log': { label: 'Log', group: 'Help', keys: [], enabled: always, words: 'messages errors warnings' },
  'help.copyDiagnostics': { label: 'Copy diagnostics', group: 'Help', keys: [], enabled: always, words: 'report bug versions support' },
  'help.hints': { label: 'Show the first hints again', group: 'Help', keys: [], enabled: withSession },
} as const satisfies Record<string, CommandSpec>;

export type CommandId = keyof typeof commands;

export const commandIds = Object.keys(commands) as CommandId[];
