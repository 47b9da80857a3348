import { describe, expect, it } from 'vitest';
import { commandIds, commands } from '../../../shared/commands.ts';
import { searchCommands } from './search-commands.ts';

describe('searchCommands', () => {
  it('finds every command by its own label', () => {
    for (const id of commandIds.filter((known) => known !== 'object.select' && known !== 'palette.open'))
      expect(searchCommands(commands[id].label, [])[0]).toBe(id);
  });

  it('finds by other words and by first letters', () => {
    expect(searchCommands('propagate', [])).toContain('track.start');
    expect(searchCommands('tbw', [])).toContain('track.both');
    expect(searchCommands('outline', [])).toEqual(['view.toggleContours']);
    expect(searchCommands('qqq', [])).toEqual([]);
  });

  it('shows what was given lately first', () => {
    expect(searchCommands('', ['view.fit', 'gone.command']).slice(0, 2)).toEqual(['view.fit', 'clip.open']);
  });
});
