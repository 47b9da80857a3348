/**
 * The brush and the eraser: strokes over the mask of one object on one frame, on a canvas of the source's size that the
 * viewer shows in place of that mask. Nothing reaches the host before the strokes are applied.
 */
import type { CompressedMask } from '../../../shared/prompts.ts';
import type { AppStore } from '../../state/app-store.ts';
import { setPreference } from '../../state/remember-preferences.ts';
import { maskFromRgba } from './brush-mask.ts';
import type { Point, Size } from './geometry.ts';

interface Stroke {
  isErasing: boolean;
  /** Diameter in source px. */
  size: number;
  points: Point[];
}

export interface BrushTarget {
  image: Size;
  /** CSS colour of the object. */
  color: string;
  /** The mask to start from, one byte a pixel, or null for none. */
  base: Uint8Array | null;
}

/** The object and the frame that strokes belong to. */
export interface StrokePlace {
  sessionId: string;
  /** Null for an object that the strokes are to make. */
  objectId: number | null;
  frame: number;
}

export const smallestBrush = 2;
export const largestBrush = 400;

export class Brush {
  readonly #store: AppStore;
  #canvas: HTMLCanvasElement | null = null;
  #strokes: Stroke[] = [];
  #base: ImageData | null = null;
  #color = '#ffffff';
  #target: (() => BrushTarget) | null = null;
  #place: StrokePlace | null = null;

  constructor(store: AppStore) {
    this.#store = store;
  }

  /** What is painted so far, at the source's size; for the viewer to show. */
  get canvas(): HTMLCanvasElement {
    this.#canvas ??= document.createElement('canvas');
    return this.#canvas;
  }

  get size(): number {
    return this.#store.getState().prefs.brushSize;
  }

  resize(factor: number): void {
    const brushSize = Math.round(Math.min(largestBrush, Math.max(smallestBrush, this.size * factor + Math.sign(factor - 1) * 0.5)));
    setPreference(this.#store, { brushSize });
  }

  /** Where the strokes belong; null while there are none. */
  get place(): StrokePlace | null {
    return this.#place;
  }

  /**
   * Begins a stroke.
   *
   * @param place where it belongs; the first stroke decides for those that follow
   * @param target what is painted on; asked for with the first stroke, and by `rebase`
   */
  start(at: Point, isErasing: boolean, place: StrokePlace, target: () => BrushTarget): void {
    if (this.#strokes.length === 0) {
      this.#target = target;
      this.#place = place;
      this.#begin(target());
    }
    this.#strokes.push({ isErasing, size: this.size, points: [at] });
    this.#drawStroke(this.#strokes.at(-1)!, 0);
    this.#store.setState({ strokeCount: this.#strokes.length });
  }

  extend(to: Point): void {
    const stroke = this.#strokes.at(-1);
    if (!stroke) return;
    stroke.points.push(to);
    this.#drawStroke(stroke, stroke.points.length - 2);
  }

  /** The mask below the strokes has come or changed, as after a click just before them: they are drawn over it anew. */
  rebase(): void {
    if (this.#strokes.length > 0 && this.#target) this.#begin(this.#target());
  }

  undo(): void {
    this.#strokes.pop();
    if (this.#strokes.length === 0) {
      this.discard();
      return;
    }
    this.#redraw();
    this.#store.setState({ strokeCount: this.#strokes.length });
  }

  discard(): void {
    if (this.#strokes.length === 0) return;
    this.#strokes = [];
    this.#base = null;
    this.#target = null;
    this.#place = null;
    this.#store.setState({ strokeCount: 0 });
  }

  /** Ends painting. @returns the painted mask and where it belongs; null when there were no strokes */
  take(): { mask: CompressedMask; place: StrokePlace } | null {
    const place = this.#place;
    if (!place) return null;
    const { width, height } = this.canvas;
    const mask = maskFromRgba(this.#context.getImageData(0, 0, width, height).data, width, height);
    this.discard();
    return { mask, place };
  }

  get #context(): CanvasRenderingContext2D {
    return this.canvas.getContext('2d', { willReadFrequently: true })!;
  }

  #begin({ image, color, base }: BrushTarget): void {
    this.canvas.width = image.width;
    this.canvas.height = image.height;
    this.#color = color;
    this.#base = base && this.#picture(base, image, color);
    this.#redraw();
  }

  #picture(mask: Uint8Array, { width, height }: Size, color: string): ImageData {
    const value = Number.parseInt(color.slice(1), 16);
    const picture = new ImageData(width, height);
    for (let i = 0; i < mask.length; i++) {
      if (mask[i]) picture.data.set([(value >> 16) & 255, (value >> 8) & 255, value & 255, 255], 4 * i);
    }
    return picture;
  }

  #redraw(): void {
    const context = this.#context;
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.#base) context.putImageData(this.#base, 0, 0);
    for (const stroke of this.#strokes) this.#drawStroke(stroke, 0);
  }

  #drawStroke({ isErasing, size, points }: Stroke, from: number): void {
    const context = this.#context;
    context.globalCompositeOperation = isErasing ? 'destination-out' : 'source-over';
    context.strokeStyle = this.#color;
    context.lineWidth = size;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.beginPath();
    const first = points[from]!;
    context.moveTo(first.x, first.y);
    // A line to itself is a dot.
    for (const p of points.length - from > 1 ? points.slice(from + 1) : [first]) context.lineTo(p.x, p.y);
    context.stroke();
    context.globalCompositeOperation = 'source-over';
  }
}
