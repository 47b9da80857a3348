/** Boxes, areas and overlaps of masks given as logits (> 0 is mask), in pixels of the logit grid. */

export interface MaskBox {
  left: number;
  top: number;
  /** Exclusive. */
  right: number;
  bottom: number;
}

export interface MaskShape {
  area: number;
  /** null = empty */
  box: MaskBox | null;
}

/** @param logits row-major square */
export const maskShape = (logits: Float32Array): MaskShape => {
  const side = Math.sqrt(logits.length);
  let area = 0;
  let left = side;
  let top = side;
  let right = 0;
  let bottom = 0;
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      if (logits[i]! <= 0) continue;
      area++;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      bottom = y + 1;
    }
  }
  return { area, box: area === 0 ? null : { left, top, right, bottom } };
};

/** IoU of two masks; two empty ones agree (1). */
export const maskIou = (a: Float32Array, b: Float32Array): number => {
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    const inA = a[i]! > 0;
    const inB = b[i]! > 0;
    if (inA && inB) both++;
    if (inA || inB) either++;
  }
  return either === 0 ? 1 : both / either;
};

export const boxUnion = (a: MaskBox, b: MaskBox): MaskBox => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});
