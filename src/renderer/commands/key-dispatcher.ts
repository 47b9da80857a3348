/** Turns key presses into commands, except where the user is typing or a control uses the key itself. */
import { chordOf, type KeyPress } from '../../shared/chords.ts';
import type { CommandContext, CommandSpec } from '../../shared/command-spec.ts';
import { type CommandId, commands } from '../../shared/commands.ts';
import { commandForChord, type KeyOverrides } from '../../shared/keymap.ts';

const textInputs = new Set(['text', 'search', 'number', 'url', 'email', 'password', 'tel']);

/** Whether the user types into an element, or chooses in a list with the keys. */
export const takesText = (target: { tagName: string; type?: string; isContentEditable?: boolean }): boolean =>
  target.isContentEditable === true ||
  target.tagName === 'TEXTAREA' ||
  target.tagName === 'SELECT' ||
  (target.tagName === 'INPUT' && textInputs.has(target.type ?? 'text'));

/** Whether an element takes the key for itself. */
export const takesKey = (
  target: { tagName: string; type?: string; isContentEditable?: boolean; role?: string | null } | null,
  code: string,
): boolean => {
  if (!target) return false;
  if (takesText(target)) return true;
  if (target.tagName === 'INPUT') {
    return code === 'Space' || code.startsWith('Arrow') || code === 'Home' || code === 'End';
  }
  // Enter presses a focused button; Space is play everywhere, as in every player, so it is not left to buttons.
  return code === 'Enter' && (target.tagName === 'BUTTON' || target.tagName === 'A');
};

export interface KeyTarget {
  context(): CommandContext;
  isDialogOpen(): boolean;
  overrides(): KeyOverrides;
  run(id: CommandId, chord: string): void;
  held: HeldKey;
}

/** A key that is down for longer is held. Whether it repeats meanwhile depends on the system and its settings. */
const heldMs = 300;

/** A key whose command lasts as long as it is held: let go after a while, it gives the command once more. */
export class HeldKey {
  readonly #now: () => number;
  #held: { code: string; id: CommandId; chord: string; sinceMs: number } | null = null;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  down(code: string, id: CommandId, chord: string): void {
    this.#held = { code, id, chord, sinceMs: this.#now() };
  }

  /** @returns the command to give again, and how it was given */
  up(code: string): { id: CommandId; chord: string } | null {
    const held = this.#held;
    if (held?.code !== code) return null;
    this.#held = null;
    return this.#now() - held.sinceMs >= heldMs ? held : null;
  }
}

const specOf = (id: CommandId): CommandSpec => commands[id];

/** @returns whether the press was used up */
export const dispatchKey = (press: KeyPress, target: Parameters<typeof takesKey>[0], app: KeyTarget): boolean => {
  if (takesKey(target, press.code)) return false;
  // In a menu plain keys go to its entries.
  if (target?.role?.startsWith('menu') && !press.ctrlKey && !press.metaKey && !press.altKey) return false;
  // A dialog is modal: its own keys (Esc, Tab, Enter, Space) are the browser's.
  if (app.isDialogOpen()) return false;
  const chord = chordOf(press);
  const id = commandForChord(chord, app.context(), app.overrides());
  if (id === null) return false;
  // A toggle would flicker, and New object would make dozens.
  if (press.repeat && !specOf(id).repeats) return true;
  if (!press.repeat && specOf(id).lastsWhileHeld) app.held.down(press.code, id, chord);
  app.run(id, chord);
  return true;
};
