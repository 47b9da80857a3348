import { beforeEach, expect, it, vi } from 'vitest';
import type { ToolName } from '../../state/session-view.ts';
import { PointerGesture } from './pointer-gesture.ts';

const target = {
  pick: vi.fn(),
  startStroke: vi.fn(),
  extendStroke: vi.fn(),
  click: vi.fn(),
  dragBox: vi.fn(),
  endBox: vi.fn(),
  cancelBox: vi.fn(),
  pan: vi.fn(),
};
const press = (change: object = {}) => ({
  button: 0,
  altKey: false,
  isHand: false,
  isPick: false,
  isAlso: false,
  tool: 'point' as ToolName,
  at: { x: 10, y: 10 },
  ...change,
});
let gesture = new PointerGesture(target);

beforeEach(() => {
  vi.clearAllMocks();
  gesture = new PointerGesture(target);
});

it('a press that hardly moves is a click where it began', () => {
  gesture.down(press());
  gesture.move({ x: 12, y: 11 });
  gesture.up({ x: 12, y: 11 });
  expect(target.click).toHaveBeenCalledExactlyOnceWith({ x: 10, y: 10 }, false);
  expect(target.endBox).not.toHaveBeenCalled();
});

it.each([{ button: 2 }, { altKey: true }])('%o makes the click negative', (change) => {
  gesture.down(press(change));
  gesture.up({ x: 10, y: 10 });
  expect(target.click).toHaveBeenCalledExactlyOnceWith({ x: 10, y: 10 }, true);
});

it('a drag is a box', () => {
  gesture.down(press());
  gesture.move({ x: 30, y: 40 });
  gesture.up({ x: 50, y: 60 });
  expect(target.dragBox).toHaveBeenCalledWith({ x: 10, y: 10 }, { x: 30, y: 40 });
  expect(target.endBox).toHaveBeenCalledExactlyOnceWith({ x: 10, y: 10 }, { x: 50, y: 60 });
  expect(target.click).not.toHaveBeenCalled();
});

it.each([{ button: 1 }, { isHand: true }, { tool: 'hand' as const }])('%o pans', (change) => {
  gesture.down(press(change));
  gesture.move({ x: 15, y: 8 });
  gesture.move({ x: 18, y: 8 });
  gesture.up({ x: 18, y: 8 });
  expect(target.pan.mock.calls).toEqual([
    [5, -2],
    [3, 0],
  ]);
  expect(target.click).not.toHaveBeenCalled();
});

it('a cancelled drag leaves no box', () => {
  gesture.down(press());
  gesture.move({ x: 40, y: 40 });
  gesture.cancel();
  gesture.up({ x: 40, y: 40 });
  expect(target.cancelBox).toHaveBeenCalledOnce();
  expect(target.endBox).not.toHaveBeenCalled();
});

it('the brush paints from the press on; right button and Alt erase', () => {
  gesture.down(press({ tool: 'brush' }));
  gesture.move({ x: 11, y: 10 });
  gesture.up({ x: 11, y: 10 });
  gesture.down(press({ tool: 'brush', button: 2 }));
  gesture.up({ x: 10, y: 10 });
  expect(target.startStroke.mock.calls).toEqual([
    [{ x: 10, y: 10 }, false],
    [{ x: 10, y: 10 }, true],
  ]);
  expect(target.extendStroke).toHaveBeenCalledExactlyOnceWith({ x: 11, y: 10 });
  expect(target.click).not.toHaveBeenCalled();
});

it('Ctrl picks what is there with any tool', () => {
  gesture.down(press({ isPick: true, tool: 'brush' }));
  gesture.up({ x: 10, y: 10 });
  expect(target.pick).toHaveBeenCalledExactlyOnceWith({ x: 10, y: 10 }, false);
  gesture.down(press({ isPick: true, isAlso: true }));
  gesture.up({ x: 10, y: 10 });
  expect(target.pick).toHaveBeenLastCalledWith({ x: 10, y: 10 }, true);
  expect(target.click).not.toHaveBeenCalled();
});

it('the box tool makes no point of a click', () => {
  gesture.down(press({ tool: 'box' }));
  gesture.up({ x: 10, y: 10 });
  expect(target.click).not.toHaveBeenCalled();
});
