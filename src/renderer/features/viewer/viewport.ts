/** The viewer's zoom and position: fits the picture until the user zooms or pans, and again when asked. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  canvasFromImage,
  centred,
  clampScale,
  fitTransform,
  keepInView,
  type Point,
  pan,
  type Size,
  type ViewTransform,
  zoomAt,
} from './geometry.ts';

export interface ViewportState {
  view: ViewTransform;
  image: Size;
  canvas: Size;
  isFitted: boolean;
}

const marginPx = 16;
const revealRoomPx = 48;
const lookShare = 0.15;

export class Viewport {
  readonly store: StoreApi<ViewportState> = createStore<ViewportState>(() => ({
    view: { scale: 1, offsetX: 0, offsetY: 0 },
    image: { width: 1, height: 1 },
    canvas: { width: 1, height: 1 },
    isFitted: true,
  }));

  setImage(image: Size): void {
    this.store.setState({ image });
    this.fit();
  }

  /** Goes back to a view of the same picture; the canvas may have changed meanwhile. */
  restore({ view, canvas: before, isFitted }: ViewportState): void {
    const { canvas } = this.store.getState();
    this.store.setState({ view, canvas: before, isFitted });
    this.setCanvas(canvas);
  }

  setCanvas(canvas: Size): void {
    const { canvas: before, view, isFitted } = this.store.getState();
    this.store.setState({ canvas });
    // The point in the middle stays in the middle.
    if (isFitted) this.fit();
    else this.#set(pan(view, (canvas.width - before.width) / 2, (canvas.height - before.height) / 2));
  }

  fit(): void {
    const { image, canvas } = this.store.getState();
    this.store.setState({ view: fitTransform(image, canvas, marginPx), isFitted: true });
  }

  actualSize(): void {
    const { image, canvas } = this.store.getState();
    this.store.setState({ view: centred(image, canvas, 1 / window.devicePixelRatio), isFitted: false });
  }

  /** @param at where the picture stays put; the middle of the canvas by default */
  zoomBy(factor: number, at?: Point): void {
    const { view, image, canvas } = this.store.getState();
    const scale = clampScale(view.scale * factor, image, canvas);
    this.#set(zoomAt(view, at ?? { x: canvas.width / 2, y: canvas.height / 2 }, scale));
  }

  /** Brings a point of the picture into view if it is not, with some room around it. */
  reveal(p: Point): void {
    const { view, canvas } = this.store.getState();
    const at = canvasFromImage(view, p);
    const by = (place: number, length: number): number => {
      const room = Math.min(revealRoomPx, length / 4);
      return place < room ? room - place : place > length - room ? length - room - place : 0;
    };
    const dx = by(at.x, canvas.width);
    const dy = by(at.y, canvas.height);
    // A picture that is shown as a whole has its border near the canvas's.
    if (!this.store.getState().isFitted && (dx !== 0 || dy !== 0)) this.panBy(dx, dy);
  }

  /** Moves the view over the picture by a share of what is in view. */
  look(right: number, down: number): void {
    const { canvas } = this.store.getState();
    this.panBy(-right * canvas.width * lookShare, -down * canvas.height * lookShare);
  }

  panBy(dx: number, dy: number): void {
    this.#set(pan(this.store.getState().view, dx, dy));
  }

  #set(view: ViewTransform): void {
    const { image, canvas } = this.store.getState();
    this.store.setState({ view: keepInView(view, image, canvas), isFitted: false });
  }
}
