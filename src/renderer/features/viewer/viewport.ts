/** The viewer's zoom and position: fits the picture until the user zooms or pans, and again when asked. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { centred, clampScale, fitTransform, keepInView, type Point, pan, type Size, type ViewTransform, zoomAt } from './geometry.ts';

export interface ViewportState {
  view: ViewTransform;
  image: Size;
  canvas: Size;
  isFitted: boolean;
}

const marginPx = 16;

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

  panBy(dx: number, dy: number): void {
    this.#set(pan(this.store.getState().view, dx, dy));
  }

  #set(view: ViewTransform): void {
    const { image, canvas } = this.store.getState();
    this.store.setState({ view: keepInView(view, image, canvas), isFitted: false });
  }
}
