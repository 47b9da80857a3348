/**
 * Where the picture lies on the canvas. Image space is source pixels, origin top left; canvas space is CSS pixels of
 * the viewer. canvas = image * scale + offset.
 */

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface ViewTransform {
  scale: number;
  offsetX: number;
  offsetY: number;
}

export const canvasFromImage = (view: ViewTransform, p: Point): Point => ({
  x: p.x * view.scale + view.offsetX,
  y: p.y * view.scale + view.offsetY,
});

export const imageFromCanvas = (view: ViewTransform, p: Point): Point => ({
  x: (p.x - view.offsetX) / view.scale,
  y: (p.y - view.offsetY) / view.scale,
});

/** The whole picture, centred, with a margin; small pictures are not blown up beyond `mostScale`. */
export const fitTransform = (image: Size, canvas: Size, marginPx = 0, mostScale = Number.POSITIVE_INFINITY): ViewTransform => {
  const room = { width: Math.max(1, canvas.width - 2 * marginPx), height: Math.max(1, canvas.height - 2 * marginPx) };
  const scale = Math.min(room.width / image.width, room.height / image.height, mostScale);
  return centred(image, canvas, scale);
};

export const centred = (image: Size, canvas: Size, scale: number): ViewTransform => ({
  scale,
  offsetX: (canvas.width - image.width * scale) / 2,
  offsetY: (canvas.height - image.height * scale) / 2,
});

/** Changes the scale so that what lies under `at` stays under it. */
export const zoomAt = (view: ViewTransform, at: Point, scale: number): ViewTransform => {
  const factor = scale / view.scale;
  return { scale, offsetX: at.x - (at.x - view.offsetX) * factor, offsetY: at.y - (at.y - view.offsetY) * factor };
};

export const pan = (view: ViewTransform, dx: number, dy: number): ViewTransform => ({
  scale: view.scale,
  offsetX: view.offsetX + dx,
  offsetY: view.offsetY + dy,
});

/** Keeps at least `keepPx` of the picture in view, so that it can't be lost. */
export const keepInView = (view: ViewTransform, image: Size, canvas: Size, keepPx = 48): ViewTransform => {
  const keepX = Math.min(keepPx, image.width * view.scale);
  const keepY = Math.min(keepPx, image.height * view.scale);
  return {
    scale: view.scale,
    offsetX: Math.min(canvas.width - keepX, Math.max(keepX - image.width * view.scale, view.offsetX)),
    offsetY: Math.min(canvas.height - keepY, Math.max(keepY - image.height * view.scale, view.offsetY)),
  };
};

/** Smallest and largest scale for a picture: from a tenth of fitting to 32 canvas pixels a source pixel. */
export const clampScale = (scale: number, image: Size, canvas: Size): number => {
  const fit = fitTransform(image, canvas).scale;
  return Math.min(32, Math.max(Math.min(fit, 1) / 4, scale));
};

export const isInside = (p: Point, image: Size): boolean => p.x >= 0 && p.y >= 0 && p.x < image.width && p.y < image.height;

/** The box between two corners, cut to the picture; null when nothing of it is inside. */
export const boxBetween = (a: Point, b: Point, image: Size): { x: number; y: number; width: number; height: number } | null => {
  const left = Math.max(0, Math.min(a.x, b.x));
  const top = Math.max(0, Math.min(a.y, b.y));
  const right = Math.min(image.width, Math.max(a.x, b.x));
  const bottom = Math.min(image.height, Math.max(a.y, b.y));
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : null;
};
