import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chordOf, displayChord, isModifierKey, type KeyPress } from './chords.ts';
import { type CommandContext, type CommandSpec, commandGroups } from './command-spec.ts';
import { type CommandId, commandIds, commands } from './commands.ts';
import { commandForChord, keysOf, ownersOf, shortcutOf, withBinding, withoutBinding } from './keymap.ts';
import { menus } from './menus.ts';

const press = (code: string, change: Partial<KeyPress> = {}): KeyPress => ({
  code,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...change,
});

const all: CommandContext = {
  hasSession: true,
  hasTabs: true,
  hasClosedTab: true,
  hasSelection: true,
  hasSeveral: true,
  hasPrompts: true,
  hasResults: true,
  hasMarks: true,
  hasStrokes: false,
  canUndo: true,
  canRedo: true,
  isEngineReady: true,
  isTracking: false,
  isFinding: false,
  isDrawingRegion: false,
  hasProject: true,
  isFetching: true,
  isFollowing: false,
  isLive: false,
  isStream: false,
  hasMaskChoice: false,
  isExporting: false,
};

const specOf = (id: CommandId): CommandSpec => commands[id];

const inMenus = new Set(menus.flatMap(({ items }) => items));

/** Written by the test run when it is missing; a change of the table must change it too. */
const keyboardPage = (): string =>
  [
    '# Commands and keys',
    '',
    'Every command is in the palette (`Ctrl+K`). Keys can be changed in the list of keyboard shortcuts (`?`). On macOS',
    '`Ctrl` is `⌘`.',
    ...commandGroups.flatMap((group) => [
      '',
      `## ${group}`,
      '',
      '| command | keys |',
      '|---|---|',
      ...commandIds
        .filter((id) => commands[id].group === group)
        .map(
          (id) =>
            `| ${commands[id].label}${specOf(id).lastsWhileHeld ? ' (hold to peek)' : ''} | ${keysOf(id)
              .map((key) => `\`${displayChord(key)}\``)
              .join(' ')} |`,
        ),
    ]),
    '',
  ].join('\n');

describe('the command table', () => {
  it('gives a key to two commands only where one of them can be given at a time', () => {
    const owners = new Map<string, string[]>();
    for (const id of commandIds) for (const key of commands[id].keys) owners.set(key, [...(owners.get(key) ?? []), id]);
    const shared = [...owners].filter(([, ids]) => ids.length > 1);
    expect(shared).toEqual([
      ['Enter', ['brush.apply', 'object.finish']],
      ['Mod+KeyZ', ['brush.undo', 'edit.undo']],
      ['Escape', ['find.endDrawing', 'brush.discard', 'operation.cancel', 'object.finish']],
      ['KeyT', ['track.start', 'live.toggleTracking']],
    ]);
  });

  it('has every command in a menu, but for the one that a digit completes', () => {
    expect(commandIds.filter((id) => !inMenus.has(id))).toEqual(['object.select']);
  });

  it('names no command in a menu twice', () => {
    const items = menus.flatMap(({ items }) => items).filter((item) => item !== 'separator');
    expect(new Set(items).size).toBe(items.length);
  });

  it('is documented in docs/keyboard.md', async () => {
    await expect(keyboardPage()).toMatchFileSnapshot('../../docs/keyboard.md');
  });

  it('Esc cancels what runs before it finishes an object; Enter applies strokes first', () => {
    expect(commandForChord('Escape', { ...all, isTracking: true })).toBe('operation.cancel');
    expect(commandForChord('Escape', { ...all, isDrawingRegion: true, isFinding: true })).toBe('find.endDrawing');
    expect(commandForChord('Escape', all)).toBe('object.finish');
    expect(commandForChord('Enter', { ...all, hasStrokes: true })).toBe('brush.apply');
    expect(commandForChord('Enter', all)).toBe('object.finish');
  });
});

describe('chords', () => {
  it('knows keys by their place, the number pad as digits, and ? by what it types', () => {
    expect(chordOf(press('KeyO', { metaKey: true }))).toBe('Mod+KeyO');
    expect(chordOf(press('Numpad4'))).toBe('Digit4');
    expect(chordOf(press('Minus', { key: '?', shiftKey: true }))).toBe('Shift+Slash');
    expect(isModifierKey('ShiftLeft')).toBe(true);
    expect(isModifierKey('KeyS')).toBe(false);
  });

  it('shows keys as the platform does', () => {
    expect(displayChord('Mod+KeyE')).toBe('Ctrl+E');
    expect(displayChord('Mod+KeyE', true)).toBe('⌘E');
    expect(displayChord('Mod+Shift+Tab', true)).toBe('⌃ShiftTab');
    expect(displayChord('Shift+ArrowLeft')).toBe('Shift+←');
  });
});

describe('rebinding', () => {
  it('moves a key from its owner, and gives it back', () => {
    const bound = withBinding({}, 'track.start', 'KeyA');
    expect(commandForChord('KeyA', all, bound)).toBe('track.start');
    expect(commandForChord('KeyT', all, bound)).toBeNull();
    expect(shortcutOf('object.add', false, bound)).toBeNull();
    const back = withoutBinding(withoutBinding(bound, 'track.start'), 'object.add');
    expect(back).toEqual({});
  });

  it('leaves one owner for a bound key, whatever was bound before', () => {
    const id = fc.constantFrom<CommandId>(...commandIds);
    const chord = fc.constantFrom('KeyA', 'KeyT', 'Mod+KeyY', 'F9', 'Enter', 'Space');
    fc.assert(
      fc.property(fc.array(fc.tuple(id, chord), { minLength: 1, maxLength: 12 }), (steps) => {
        const overrides = steps.reduce((map, [command, key]) => withBinding(map, command, key), {});
        const [command, key] = steps.at(-1)!;
        expect(keysOf(command, overrides)).toContain(key);
        expect(ownersOf(key, overrides, command)).toEqual([]);
      }),
    );
  });
});
