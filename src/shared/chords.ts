/**
 * Key chords: "Mod+Shift+KeyX" from `KeyboardEvent.code`, so that they stay in place on every keyboard layout; Mod is
 * Ctrl, or Command on macOS.
 */

/** The part of a KeyboardEvent that names a chord. */
export interface KeyPress {
  code: string;
  /** The character typed; only "?" is known by it, since layouts disagree on where it is. */
  key?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  /** The key is held, and this is not its first press. */
  repeat?: boolean;
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

/** A key that only changes others makes no chord by itself. */
export const isModifierKey = (code: string): boolean => /^(Control|Shift|Alt|Meta)(Left|Right)$/.test(code);

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
  BracketLeft: '[',
  BracketRight: ']',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

/** How a chord is shown to a user: "Ctrl+E", "⌘E" on macOS, "?" for Shift+Slash. */
export const displayChord = (chord: string, isMac = false): string => {
  if (chord === 'Shift+Slash') return '?';
  const parts = chord.split('+').map((part) => {
    // Command+Tab is the system's own; Control counts as Mod too.
    if (isMac && part === 'Mod') return chord.endsWith('+Tab') ? '⌃' : '⌘';
    return keyNames[part] ?? part.replace(/^(Key|Digit|Numpad)/, '');
  });
  return parts.join(isMac ? '' : '+');
};
