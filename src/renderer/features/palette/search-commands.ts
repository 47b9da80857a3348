/** Which commands a few letters mean. */
import type { CommandSpec } from '../../../shared/command-spec.ts';
import { type CommandId, commandIds, commands } from '../../../shared/commands.ts';

const scoreOf = (id: CommandId, query: string): number => {
  const { label, group, words = '' }: CommandSpec = commands[id];
  const text = label.toLowerCase();
  if (text === query) return 100;
  if (text.startsWith(query)) return 80;
  if (text.split(' ').some((word) => word.startsWith(query))) return 60;
  if (
    `${words} ${group}`
      .toLowerCase()
      .split(' ')
      .some((word) => word.startsWith(query))
  )
    return 40;
  if (text.includes(query)) return 30;
  const parts = query.split(/\s+/);
  if (parts.length > 1 && parts.every((part) => `${text} ${words}`.includes(part))) return 20;
  return isSpread(text, query) ? 10 : 0;
};

/** "trb" is in "TRack Both ways": its letters in their order, each at the start of a word or beside the one before. */
const isSpread = (text: string, query: string): boolean => {
  let at = -1;
  for (const letter of query) {
    let next = text.indexOf(letter, at + 1);
    while (next > 0 && next !== at + 1 && text[next - 1] !== ' ') next = text.indexOf(letter, next + 1);
    if (next < 0) return false;
    at = next;
  }
  return true;
};

/** All commands for an empty query, those given lately first; else the ones that fit, best first. */
export const searchCommands = (query: string, recent: readonly string[]): CommandId[] => {
  const wanted = query.trim().toLowerCase();
  // A digit completes this one, which the palette has no place for.
  const known = commandIds.filter((id) => id !== 'object.select' && id !== 'palette.open');
  if (wanted === '') {
    const lately = recent.flatMap((id) => known.filter((known) => known === id));
    return [...lately, ...known.filter((id) => !lately.includes(id))];
  }
  return known
    .map((id) => ({ id, score: scoreOf(id, wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ id }) => id);
};
