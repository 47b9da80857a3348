/** Turns key presses into commands, except where the user is typing or a control uses the key itself. */
import { chordOf, type KeyPress } from '../../shared/chords.ts';
import type { CommandContext, CommandSpec } from '../../shared/command-spec.ts';
import { type CommandId, commands } from '../../shared/commands.ts';
import { commandForChord, type KeyOverrides } from '../../shared/keymap.ts';

const textInputs = new Set(['text', 'search', 'number', 'url', 'email', 'password', 'tel']);

/** Whether an element takes the key for itself. */
export const takesKey = (
  target: { tagName: string; type?: string; isContentEditable?: boolean; role?: string | null } | null,
  code: string,
): boolean => {
  if (!target) return false;
  if (target.isContentEditable || target.tagName === 'TEXTAREA' || target.tagName === 'SELECT') return true;
  if (target.tagName === 'INPUT') {
    if (textInputs.has(target.type ?? 'text')) return true;
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

/** A key whose command lasts as long as it is held: let go after it has repeated, it gives the command once more. */
export class HeldKey {
  #held: { code: string; id: CommandId; chord: string; hasRepeated: boolean } | null = null;

  down(code: string, id: CommandId, chord: string): void {
    this.#held = { code, id, chord, hasRepeated: false };
  }

  repeated(code: string): void {
    if (this.#held?.code === code) this.#held.hasRepeated = true;
  }

  /** @returns the command to give again, and how it was given */
  up(code: string): { id: CommandId; chord: string } | null {
    const held = this.#held;
    if (held?.code !== code) return null;
    this.#held = null;
    return held.hasRepeated ? held : null;
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
  if (press.repeat) {
    app.held.repeated(press.code);
    // A toggle would flicker, and New object would make dozens.
    if (!specOf(id).repeats) return true;
  } else if (specOf(id).lastsWhileHeld) app.held.down(press.code, id, chord);
  app.run(id, chord);
  return true;
};
