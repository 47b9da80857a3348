/**
 * Every command a user can give, in one table: shortcuts, tooltips, the cheat-sheet and Electron's menu all read it. What a
 * command does is bound to its id in the window; whether it can be given now is a pure function of a small context.
 * Keys are written as "Mod+Shift+KeyX" from `KeyboardEvent.code`, so that they stay in place on every keyboard layout; Mod is
 * Ctrl, or Command on macOS.
 */

export interface CommandContext {
  hasSession: boolean;
  hasSelection: boolean;
  hasPrompts: boolean;
  hasResults: boolean;
  isEngineReady: boolean;
  isTracking: boolean;
  isExporting: boolean;
}

export interface CommandSpec {
  label: string;
  group: 'Playback' | 'Objects' | 'Tracking' | 'View' | 'Clip';
  keys: readonly string[];
  enabled: (context: CommandContext) => boolean;
}

const always = (): boolean => true;
const withSession = (context: CommandContext): boolean => context.hasSession;
const withSelection = (context: CommandContext): boolean => context.hasSelection;
const whileEditable = (context: CommandContext): boolean => context.hasSession && !context.isTracking;

export const commands = {
  'playback.toggle': { label: 'Play or pause', group: 'Playback', keys: ['Space'], enabled: withSession },
  'playback.nextFrame': { label: 'Next frame', group: 'Playback', keys: ['ArrowRight', 'Period'], enabled: withSession },
  'playback.previousFrame': { label: 'Previous frame', group: 'Playback', keys: ['ArrowLeft', 'Comma'], enabled: withSession },
  'playback.forwardSecond': { label: 'Forward 1 second', group: 'Playback', keys: ['Shift+ArrowRight'], enabled: withSession },
  'playback.backSecond': { label: 'Back 1 second', group: 'Playback', keys: ['Shift+ArrowLeft'], enabled: withSession },
  'playback.start': { label: 'Go to the start', group: 'Playback', keys: ['Home'], enabled: withSession },
  'playback.end': { label: 'Go to the end', group: 'Playback', keys: ['End'], enabled: withSession },
  'playback.previousPrompt': { label: 'Previous prompt', group: 'Playback', keys: ['ArrowUp'], enabled: withSession },
  'playback.nextPrompt': { label: 'Next prompt', group: 'Playback', keys: ['ArrowDown'], enabled: withSession },

  'object.add': { label: 'New object', group: 'Objects', keys: ['KeyA'], enabled: whileEditable },
  'object.remove': {
    label: 'Delete object',
    group: 'Objects',
    keys: ['Delete'],
    enabled: (context) => context.hasSelection && !context.isTracking,
  },
  'object.clearFrame': {
    label: 'Clear prompts on this frame',
    group: 'Objects',
    keys: ['Backspace'],
    enabled: (context) => context.hasSelection && !context.isTracking,
  },
  'object.toggleVisible': { label: 'Show or hide object', group: 'Objects', keys: ['KeyV'], enabled: withSelection },
  'object.rename': { label: 'Rename object', group: 'Objects', keys: ['F2'], enabled: withSelection },
  'object.select': {
    label: 'Select object 1 to 9',
    group: 'Objects',
    keys: ['Digit1', 'Digit2', 'Digit3', 'Digit4', 'Digit5', 'Digit6', 'Digit7', 'Digit8', 'Digit9'],
    enabled: withSession,
  },
  'prompt.toggleMode': {
    label: 'Switch between adding to and removing from the object',
    group: 'Objects',
    keys: ['KeyN'],
    enabled: withSession,
  },

  'track.start': {
    label: 'Track',
    group: 'Tracking',
    keys: ['KeyT', 'Mod+Enter'],
    enabled: (context) => context.hasPrompts && context.isEngineReady && !context.isTracking,
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
    keys: ['Enter', 'Escape'],
    enabled: withSelection,
  },

  'view.fit': { label: 'Fit to window', group: 'View', keys: ['Mod+Digit0'], enabled: withSession },
  'view.actualSize': { label: 'Actual size', group: 'View', keys: ['Mod+Digit1'], enabled: withSession },
  'view.zoomIn': { label: 'Zoom in', group: 'View', keys: ['Equal', 'NumpadAdd'], enabled: withSession },
  'view.zoomOut': { label: 'Zoom out', group: 'View', keys: ['Minus', 'NumpadSubtract'], enabled: withSession },
  'view.toggleOverlays': { label: 'Show or hide all masks', group: 'View', keys: ['KeyH'], enabled: withSession },

  'clip.open': { label: 'Open a clip', group: 'Clip', keys: ['Mod+KeyO'], enabled: always },
  'clip.openSample': { label: 'Open the sample clip', group: 'Clip', keys: [], enabled: always },
  'clip.export': { label: 'Export', group: 'Clip', keys: ['Mod+KeyE'], enabled: withSession },
  'model.choose': { label: 'Models', group: 'Clip', keys: ['KeyM'], enabled: always },
  'help.shortcuts': { label: 'Keyboard shortcuts', group: 'Clip', keys: ['Shift+Slash', 'F1'], enabled: always },
} as const satisfies Record<string, CommandSpec>;

export type CommandId = keyof typeof commands;

export const commandIds = Object.keys(commands) as CommandId[];

/** The part of a KeyboardEvent that names a chord. */
export interface KeyPress {
  code: string;
  /** The character typed; only "?" is known by it, since layouts disagree on where it is. */
  key?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/** "Mod+Shift+KeyX"; digits of the number pad count as digits. */
export const chordOf = (press: KeyPress): string => {
  if (press.key === '?') return 'Shift+Slash';
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push('Mod');
  if (press.altKey) parts.push('Alt');
  if (press.shiftKey) parts.push('Shift');
  parts.push(press.code.replace(/^Numpad(\d)$/, 'Digit$1'));
  return parts.join('+');
};

const byChord = new Map<string, CommandId[]>();
for (const id of commandIds) for (const key of commands[id].keys) byChord.set(key, [...(byChord.get(key) ?? []), id]);

/** The command a chord gives now; where two share a key (Esc), the first that can be given. */
export const commandForChord = (chord: string, context: CommandContext): CommandId | null =>
  byChord.get(chord)?.find((id) => commands[id].enabled(context)) ?? null;

const keyNames: Record<string, string> = {
  Mod: 'Ctrl',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Comma: ',',
  Period: '.',
  Equal: '+',
  Minus: '−',
  Escape: 'Esc',
  Delete: 'Del',
};

/** How a chord is shown to a user: "Ctrl+E", "⌘E" on macOS, "?" for Shift+Slash. */
export const displayChord = (chord: string, isMac = false): string => {
  if (chord === 'Shift+Slash') return '?';
  const parts = chord.split('+').map((part) => {
    if (isMac && part === 'Mod') return '⌘';
    return keyNames[part] ?? part.replace(/^(Key|Digit|Numpad)/, '');
  });
  return parts.join(isMac ? '' : '+');
};

/** The first key of a command for a tooltip, or null when it has none. */
export const shortcutOf = (id: CommandId, isMac = false): string | null => {
  const first = commands[id].keys[0];
  return first === undefined ? null : displayChord(first, isMac);
};
