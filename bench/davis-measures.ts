/**
 * The DAVIS measures: region similarity J (IoU) and contour accuracy F (boundary F-measure within 0.8 % of the
 * diagonal), as defined by Perazzi et al. (CVPR 2016). Masks are row-major bytes, non-zero = object.
 */

/** Intersection over union; 1 when both are empty. */
export const regionSimilarity = (a: Uint8Array, b: Uint8Array): number => {
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] && b[i]) both++;
    if (a[i] || b[i]) either++;
  }
  return either === 0 ? 1 : both / either;
};

/** Pixels whose right, lower or lower-right neighbour has another value. */
export const boundary = (mask: Uint8Array, width: number, height: number): Uint8Array => {
  const out = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const here = mask[i] ? 1 : 0;
      const right = x + 1 < width ? (mask[i + 1] ? 1 : 0) : here;
      const below = y + 1 < height ? (mask[i + width] ? 1 : 0) : here;
      const both = x + 1 < width && y + 1 < height ? (mask[i + width + 1] ? 1 : 0) : x + 1 < width ? right : below;
      out[i] = (x === width - 1 && y === height - 1 ? 0 : here ^ right || here ^ below || here ^ both) ? 1 : 0;
    }
  }
  return out;
};

/** Dilation by a disk of `radius` px. */
export const dilate = (mask: Uint8Array, width: number, height: number, radius: number): Uint8Array => {
  const spans: [number, number][] = [];
  for (let dy = -radius; dy <= radius; dy++) spans.push([dy, Math.floor(Math.sqrt(radius * radius - dy * dy))]);
  const out = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!mask[y * width + x]) continue;
      for (const [dy, reach] of spans) {
        const row = y + dy;
        if (row >= 0 && row < height) out.fill(1, row * width + Math.max(0, x - reach), row * width + Math.min(width - 1, x + reach) + 1);
      }
    }
  }
  return out;
};

/** Boundary F-measure; 1 when neither has a boundary. */
export const contourAccuracy = (predicted: Uint8Array, truth: Uint8Array, width: number, height: number, tolerance = 0.008): number => {
  const radius = Math.ceil(tolerance * Math.hypot(width, height));
  const ours = boundary(predicted, width, height);
  const theirs = boundary(truth, width, height);
  const nearTheirs = dilate(theirs, width, height, radius);
  const nearOurs = dilate(ours, width, height, radius);
  let oursCount = 0;
  let theirsCount = 0;
  let oursHit = 0;
  let theirsHit = 0;
  for (let i = 0; i < ours.length; i++) {
    if (ours[i]) {
      oursCount++;
      if (nearTheirs[i]) oursHit++;
    }
    if (theirs[i]) {
      theirsCount++;
      if (nearOurs[i]) theirsHit++;
    }
  }
  if (oursCount === 0 && theirsCount === 0) return 1;
  if (oursCount === 0 || theirsCount === 0) return 0;
  const precision = oursHit / oursCount;
  const recall = theirsHit / theirsCount;
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
};
