import { describe, expect, it, vi } from 'vitest';
import type { KeyPress } from '../../shared/chords.ts';
import type { CommandContext } from '../../shared/command-spec.ts';
import { dispatchKey, HeldKey } from './key-dispatcher.ts';

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
  hasMarks: false,
  hasStrokes: false,
  canUndo: false,
  canRedo: false,
  isEngineReady: true,
  isTracking: false,
  isExporting: false,
};

let now = 0;

describe('dispatchKey', () => {
  const app = (change: Partial<CommandContext> = {}, isDialogOpen = false) => ({
    context: () => ({ ...all, ...change }),
    isDialogOpen: () => isDialogOpen,
    overrides: () => ({}),
    run: vi.fn(),
    held: new HeldKey(() => now),
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

  it('gives a command once a press, and again for a held key only where that is meant', () => {
    const target = app();
    const held = (code: string): boolean => dispatchKey(press(code, { repeat: true }), null, target);
    expect(dispatchKey(press('KeyA'), null, target)).toBe(true);
    expect([held('KeyA'), held('KeyA')]).toEqual([true, true]);
    expect(target.run.mock.calls).toEqual([['object.add', 'KeyA']]);
    dispatchKey(press('ArrowRight'), null, target);
    held('ArrowRight');
    expect(target.run).toHaveBeenCalledTimes(3);
  });

  it('hides masks for as long as the key is held, and until the next press when it is not', () => {
    const target = app();
    dispatchKey(press('KeyH'), null, target);
    expect(target.held.up('KeyH')).toBeNull();
    // No system has to repeat the key meanwhile.
    dispatchKey(press('KeyH'), null, target);
    now += 300;
    expect(target.held.up('KeyG')).toBeNull();
    expect(target.held.up('KeyH')).toMatchObject({ id: 'view.toggleOverlays', chord: 'KeyH' });
    expect(target.held.up('KeyH')).toBeNull();
    expect(target.run).toHaveBeenCalledTimes(2);
  });
});
