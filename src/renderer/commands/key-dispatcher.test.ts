import { describe, expect, it, vi } from 'vitest';
import { type CommandContext, chordOf, commandForChord, commandIds, commands, displayChord, type KeyPress } from '../../shared/commands.ts';
import { dispatchKey } from './key-dispatcher.ts';

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
  hasSelection: true,
  hasPrompts: true,
  hasResults: true,
  isEngineReady: true,
  isTracking: false,
  isExporting: false,
};

describe('the command table', () => {
  it('gives a key to two commands only where one of them can be given at a time', () => {
    const owners = new Map<string, string[]>();
    for (const id of commandIds) for (const key of commands[id].keys) owners.set(key, [...(owners.get(key) ?? []), id]);
    const shared = [...owners].filter(([, ids]) => ids.length > 1);
    expect(shared).toEqual([['Escape', ['operation.cancel', 'object.finish']]]);
  });

  it('Esc cancels what runs before it finishes an object', () => {
    expect(commandForChord('Escape', { ...all, isTracking: true })).toBe('operation.cancel');
    expect(commandForChord('Escape', all)).toBe('object.finish');
  });

  it('knows keys by their place, the number pad as digits, and ? by what it types', () => {
    expect(chordOf(press('KeyO', { metaKey: true }))).toBe('Mod+KeyO');
    expect(chordOf(press('Numpad4'))).toBe('Digit4');
    expect(chordOf(press('Minus', { key: '?', shiftKey: true }))).toBe('Shift+Slash');
  });

  it('shows keys as the platform does', () => {
    expect(displayChord('Mod+KeyE')).toBe('Ctrl+E');
    expect(displayChord('Mod+KeyE', true)).toBe('⌘E');
    expect(displayChord('Shift+ArrowLeft')).toBe('Shift+←');
  });
});

describe('dispatchKey', () => {
  const app = (change: Partial<CommandContext> = {}, isDialogOpen = false) => ({
    context: () => ({ ...all, ...change }),
    isDialogOpen: () => isDialogOpen,
    run: vi.fn(),
  });

  it('runs the command of a key', () => {
    const target = app();
    expect(dispatchKey(press('KeyT'), null, target)).toBe(true);
    expect(target.run).toHaveBeenCalledWith('track.start', 'KeyT');
  });

  it('leaves keys to a text field, arrows to a slider of the page, and everything to a dialog', () => {
    const target = app();
    expect(dispatchKey(press('KeyT'), { tagName: 'INPUT', type: 'text' }, target)).toBe(false);
    expect(dispatchKey(press('ArrowLeft'), { tagName: 'INPUT', type: 'range' }, target)).toBe(false);
    expect(dispatchKey(press('KeyT'), { tagName: 'INPUT', type: 'range' }, target)).toBe(true);
    expect(dispatchKey(press('KeyT'), null, app({}, true))).toBe(false);
  });

  it('gives no command that can not be given now', () => {
    const target = app({ isTracking: true });
    expect(dispatchKey(press('KeyT'), null, target)).toBe(false);
    expect(target.run).not.toHaveBeenCalled();
  });
});
