/** Which keys give which command: the table's own, changed by what the user bound. */
import { z } from 'zod';
import { displayChord } from './chords.ts';
import type { CommandContext } from './command-spec.ts';
import { type CommandId, commandIds, commands } from './commands.ts';

/** Keys the user gave to commands, by command id; an empty list takes a command's keys away. */
export const keyOverridesSchema = z.record(z.string(), z.array(z.string().max(60)).max(12));
export type KeyOverrides = z.infer<typeof keyOverridesSchema>;

export const noOverrides: KeyOverrides = {};

export const keysOf = (id: CommandId, overrides: KeyOverrides = noOverrides): readonly string[] => overrides[id] ?? commands[id].keys;

const isTable = (overrides: KeyOverrides): boolean => Object.keys(overrides).length === 0;

const indexOf = (overrides: KeyOverrides): Map<string, CommandId[]> => {
  const index = new Map<string, CommandId[]>();
  for (const id of commandIds) for (const key of keysOf(id, overrides)) index.set(key, [...(index.get(key) ?? []), id]);
  return index;
};

const tableIndex = indexOf(noOverrides);
let latest = { overrides: noOverrides, index: tableIndex };

/** The command a chord gives now; where two share a key (Esc), the first that can be given. */
export const commandForChord = (chord: string, context: CommandContext, overrides: KeyOverrides = noOverrides): CommandId | null => {
  if (latest.overrides !== overrides) latest = { overrides, index: isTable(overrides) ? tableIndex : indexOf(overrides) };
  return latest.index.get(chord)?.find((id) => commands[id].enabled(context)) ?? null;
};

/** Commands that have the chord already, apart from the one it is meant for. */
export const ownersOf = (chord: string, overrides: KeyOverrides, except: CommandId): CommandId[] =>
  commandIds.filter((id) => id !== except && keysOf(id, overrides).includes(chord));

/**
 * Binds a chord to a command alone: whoever had it loses it. Keys that equal the table's own are not kept as a change.
 */
export const withBinding = (overrides: KeyOverrides, id: CommandId, chord: string): KeyOverrides => {
  const next: KeyOverrides = { ...overrides };
  for (const owner of ownersOf(chord, overrides, id)) next[owner] = keysOf(owner, overrides).filter((key) => key !== chord);
  next[id] = [chord];
  return withoutNoise(next);
};

/** A command back to its own keys, taking them from whoever was given them. */
export const withoutBinding = (overrides: KeyOverrides, id: CommandId): KeyOverrides => {
  const { [id]: _, ...rest } = overrides;
  for (const chord of commands[id].keys)
    for (const owner of ownersOf(chord, rest, id))
      if (rest[owner]?.includes(chord)) rest[owner] = rest[owner].filter((key) => key !== chord);
  return withoutNoise(rest);
};

const withoutNoise = (overrides: KeyOverrides): KeyOverrides =>
  Object.fromEntries(
    Object.entries(overrides).filter(([id, keys]) => !Object.hasOwn(commands, id) || keys.join() !== commands[id as CommandId].keys.join()),
  );

/** The first key of a command for a tooltip, or null when it has none. */
export const shortcutOf = (id: CommandId, isMac = false, overrides: KeyOverrides = noOverrides): string | null => {
  const first = keysOf(id, overrides)[0];
  return first === undefined ? null : displayChord(first, isMac);
};
