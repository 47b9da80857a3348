/**
 * Colours of objects: the next one that no object has, then shades of these that are farthest from all in use.
 * Distances are those that people with and without a colour deficiency see: in OKLab, as is and with red or green
 * cones missing (Viénot, Brettel and Mollon 1999).
 * Beside its colour every object has a shape, for who tells no hues apart at all.
 */

/** In the order they are given: far apart in hue, and in lightness too. */
export const objectColors = [
  '#ff5a5f',
  '#2ec4ff',
  '#ffd23f',
  '#7bd65b',
  '#c77dff',
  '#ff9f45',
  '#3ddcc8',
  '#3f51d9',
  '#e0ffb0',
  '#c2185b',
] as const;

type Triple = readonly [number, number, number];

const linearOf = (hex: string): Triple =>
  [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;

const hexOf = (linear: Triple): string =>
  `#${linear
    .map((value) => {
      const shown = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
      return Math.round(Math.min(1, Math.max(0, shown)) * 255)
        .toString(16)
        .padStart(2, '0');
    })
    .join('')}`;

/** OKLab of linear sRGB (Ottosson 2020). */
const labOf = ([r, g, b]: Triple): Triple => {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
};

/** As seen without red cones, and without green ones. */
const withoutRed = ([r, g, b]: Triple): Triple => [0.11238 * r + 0.88762 * g, 0.11238 * r + 0.88762 * g, 0.00401 * (r - g) + b];
const withoutGreen = ([r, g, b]: Triple): Triple => [0.29275 * r + 0.70725 * g, 0.29275 * r + 0.70725 * g, 0.02234 * (g - r) + b];
const eyes = [(linear: Triple): Triple => linear, withoutRed, withoutGreen];

const views = new Map<string, Triple[]>();
const viewsOf = (hex: string): Triple[] => {
  let known = views.get(hex);
  if (!known) {
    const linear = linearOf(hex);
    known = eyes.map((eye) => labOf(eye(linear)));
    views.set(hex, known);
  }
  return known;
};

/** How different two colours look to whoever tells them apart least, in OKLab; 0.02 is just seen side by side. */
export const colorDistance = (a: string, b: string): number => {
  const [ours, theirs] = [viewsOf(a), viewsOf(b)];
  return Math.min(...ours.map((lab, eye) => Math.hypot(...lab.map((value, i) => value - theirs[eye]![i]!))));
};

const mix = (hex: string, to: number, share: number): string =>
  hexOf(linearOf(hex).map((value) => value + (to - value) * share) as unknown as Triple);

/** Lighter and darker shades of every colour; dark ones are still seen on a dark picture. */
const shades: readonly string[] = objectColors.flatMap((color) => [mix(color, 1, 0.55), mix(color, 0, 0.6), mix(color, 0, 0.82)]);

/**
 * @param used colours of the objects there are, "#rrggbb"
 * @returns one that none of them has, as long as there is one
 */
export const nextColor = (used: Iterable<string>): string => {
  const taken = [...used];
  const free = objectColors.find((color) => !taken.includes(color));
  if (free !== undefined) return free;
  const timesTaken = (color: string): number => taken.filter((other) => other === color).length;
  const all = [...shades, ...objectColors];
  const least = Math.min(...all.map(timesTaken));
  const others = [...new Set(taken)];
  const distanceOf = (color: string): number =>
    others.reduce(
      (nearest, other) => (other === color ? nearest : Math.min(nearest, colorDistance(color, other))),
      Number.POSITIVE_INFINITY,
    );
  let best = { color: all[0]!, distance: Number.NEGATIVE_INFINITY };
  for (const color of all) {
    const distance = timesTaken(color) === least ? distanceOf(color) : Number.NEGATIVE_INFINITY;
    if (distance > best.distance) best = { color, distance };
  }
  return best.color;
};

/** Outlines in a square of 10 x 10, as SVG paths. Seven and ten have no factor in common, so looks repeat late. */
export const objectShapes = [
  { name: 'circle', path: 'M5 0.4a4.6 4.6 0 1 1 0 9.2a4.6 4.6 0 1 1 0-9.2Z' },
  { name: 'square', path: 'M0.9 0.9H9.1V9.1H0.9Z' },
  { name: 'triangle', path: 'M5 0.3L9.9 9.3H0.1Z' },
  { name: 'diamond', path: 'M5 -0.3L10.3 5L5 10.3L-0.3 5Z' },
  { name: 'cross', path: 'M3.2 0H6.8V3.2H10V6.8H6.8V10H3.2V6.8H0V3.2H3.2Z' },
  { name: 'hexagon', path: 'M2.4 0.6H7.6L10.2 5L7.6 9.4H2.4L-0.2 5Z' },
  { name: 'star', path: 'M5 -0.3L6.5 3.2L10.2 3.6L7.4 6.1L8.2 9.8L5 7.9L1.8 9.8L2.6 6.1L-0.2 3.6L3.5 3.2Z' },
] as const;

/** @param objectId 1-based; an object keeps its shape for good */
export const objectShape = (objectId: number): (typeof objectShapes)[number] => objectShapes[(objectId - 1) % objectShapes.length]!;
