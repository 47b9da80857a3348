/** What browser tests need to look at pixels; there only when the page is opened with ?test=1. */
import type { AppModel } from './app/app-model.ts';
import { canvasFromImage } from './features/viewer/geometry.ts';
import type { ViewerRenderer } from './gl/viewer-renderer.ts';

interface TestHook {
  /** Page coordinates of a source pixel. */
  pageFromImage(x: number, y: number): { x: number; y: number };
  /** RGBA drawn at source pixels. @param hasMasks false = as they would be without any mask */
  readImagePixels(points: readonly { x: number; y: number }[], hasMasks?: boolean): [number, number, number, number][];
  shownFrame(): number;
  /** Width of the picture on screen as it came, and of the canvas in pixels. */
  drawnWidths(): { picture: number; canvas: number };
  /** While playing, how long a drawing may take before it is made coarser; ms. */
  setDrawBudget(ms: number): void;
}

declare global {
  interface Window {
    __sam2Test?: TestHook;
  }
}

const testKey = 'sam2-video-test';

export const isTestPage = (): boolean => {
  if (new URLSearchParams(location.search).get('test') === '1') sessionStorage.setItem(testKey, '1');
  return sessionStorage.getItem(testKey) === '1';
};

export const publishTestHook = (app: AppModel, renderer: ViewerRenderer, canvas: HTMLCanvasElement): void => {
  if (!isTestPage()) return;
  const onCanvas = (x: number, y: number) => canvasFromImage(app.viewport.store.getState().view, { x, y });
  window.__sam2Test = {
    pageFromImage: (x, y) => {
      const box = canvas.getBoundingClientRect();
      const p = onCanvas(x, y);
      return { x: box.left + p.x, y: box.top + p.y };
    },
    readImagePixels: (points, hasMasks) =>
      renderer.readPixels(
        points.map(({ x, y }) => onCanvas(x, y)),
        hasMasks,
      ),
    shownFrame: () => app.store.getState().shownFrame,
    drawnWidths: () => ({ picture: app.player.shown?.width ?? 0, canvas: canvas.width }),
    setDrawBudget: (ms) => app.player.setDrawBudget(ms),
  };
};
