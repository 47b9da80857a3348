/** What a press, a move and a release on the viewer amount to: a click, a box or a pan. Pure, apart from what it calls. */
import type { Point } from './geometry.ts';

export interface Press {
  button: number;
  altKey: boolean;
  /** The hand tool: Space is held. */
  isHand: boolean;
  at: Point;
}

export interface GestureTarget {
  /** @param isNegative right button or Alt: the opposite of "the object is here" */
  click(at: Point, isNegative: boolean): void;
  /** The box being dragged, or null when it was given up. */
  dragBox(from: Point, to: Point): void;
  endBox(from: Point, to: Point): void;
  cancelBox(): void;
  pan(dx: number, dy: number): void;
}

/** A press that moves less than this is a click. */
const clickSlopPx = 4;

export class PointerGesture {
  readonly #target: GestureTarget;
  #kind: 'none' | 'press' | 'box' | 'pan' = 'none';
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
    if (press.button === 1 || (press.button === 0 && press.isHand)) this.#kind = 'pan';
    else if (press.button === 0 || press.button === 2) this.#kind = 'press';
  }

  move(at: Point): void {
    const press = this.#press;
    if (!press || this.#kind === 'none') return;
    if (this.#kind === 'pan') this.#target.pan(at.x - this.#last.x, at.y - this.#last.y);
    const isFar = Math.hypot(at.x - press.at.x, at.y - press.at.y) >= clickSlopPx;
    if (this.#kind === 'press' && isFar && press.button === 0) this.#kind = 'box';
    if (this.#kind === 'box') this.#target.dragBox(press.at, at);
    this.#last = at;
  }

  up(at: Point): void {
    const press = this.#press;
    if (press && this.#kind === 'press') this.#target.click(press.at, press.button === 2 || press.altKey);
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
