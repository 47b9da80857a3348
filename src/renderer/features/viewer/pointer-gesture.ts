/**
 * What a press, a move and a release on the viewer amount to: a click, a box, a stroke or a pan. Pure, apart from what
 * it calls.
 */
import type { ToolName } from '../../state/session-view.ts';
import type { Point } from './geometry.ts';

export interface Press {
  button: number;
  altKey: boolean;
  /** Ctrl or Command: pick the object that is there. */
  isPick: boolean;
  /** Shift as well: beside those that are selected, or not any more. */
  isAlso: boolean;
  /** The hand for as long as Space is held. */
  isHand: boolean;
  tool: ToolName;
  at: Point;
}

export interface GestureTarget {
  /** @param isNegative right button or Alt: the opposite of "the object is here" */
  click(at: Point, isNegative: boolean): void;
  pick(at: Point, isAlso: boolean): void;
  /** The box being dragged. */
  dragBox(from: Point, to: Point): void;
  endBox(from: Point, to: Point): void;
  cancelBox(): void;
  startStroke(at: Point, isErasing: boolean): void;
  extendStroke(to: Point): void;
  pan(dx: number, dy: number): void;
}

/** A press that moves less than this is a click. */
const clickSlopPx = 4;

export class PointerGesture {
  readonly #target: GestureTarget;
  #kind: 'none' | 'press' | 'box' | 'stroke' | 'pan' = 'none';
  #press: Press | null = null;
  #last: Point = { x: 0, y: 0 };

  constructor(target: GestureTarget) {
    this.#target = target;
  }

  get isActive(): boolean {
    return this.#kind !== 'none';
  }

  get isPanning(): boolean {
    return this.#kind === 'pan';
  }

  down(press: Press): void {
    if (this.#kind !== 'none') return;
    this.#press = press;
    this.#last = press.at;
    const isHand = press.isHand || press.tool === 'hand';
    if (press.button === 1 || (press.button === 0 && isHand)) this.#kind = 'pan';
    else if (press.button !== 0 && press.button !== 2) return;
    else if (!press.isPick && (press.tool === 'brush' || press.tool === 'eraser')) {
      this.#kind = 'stroke';
      this.#target.startStroke(press.at, press.tool === 'eraser' || press.button === 2 || press.altKey);
    } else this.#kind = 'press';
  }

  move(at: Point): void {
    const press = this.#press;
    if (!press || this.#kind === 'none') return;
    if (this.#kind === 'pan') this.#target.pan(at.x - this.#last.x, at.y - this.#last.y);
    if (this.#kind === 'stroke') this.#target.extendStroke(at);
    const isFar = Math.hypot(at.x - press.at.x, at.y - press.at.y) >= clickSlopPx;
    if (this.#kind === 'press' && isFar && press.button === 0) this.#kind = 'box';
    if (this.#kind === 'box') this.#target.dragBox(press.at, at);
    this.#last = at;
  }

  up(at: Point): void {
    const press = this.#press;
    if (press && this.#kind === 'press') {
      if (press.isPick) this.#target.pick(press.at, press.isAlso);
      // The box tool makes nothing of a click, so that a slip of the hand leaves no point.
      else if (press.tool !== 'box') this.#target.click(press.at, press.button === 2 || press.altKey);
    }
    if (press && this.#kind === 'box') this.#target.endBox(press.at, at);
    this.#end();
  }

  cancel(): void {
    if (this.#kind === 'box') this.#target.cancelBox();
    this.#end();
  }

  #end(): void {
    this.#kind = 'none';
    this.#press = null;
  }
}
