/** In which order the cells of a grid are probed: any beginning of it covers the picture evenly. */

/** The two fractions of Roberts' R2 sequence, whose points stay far apart. */
const [stepX, stepY] = [0.7548776662466927, 0.5698402909980532];

const known = new Map<number, readonly number[]>();

/** Every cell of a `density` x `density` grid once, row by row numbers, always in the same order. */
export const probeOrder = (density: number): readonly number[] => {
  const found = known.get(density);
  if (found) return found;
  const order: number[] = [];
  const seen = new Uint8Array(density * density);
  for (let k = 1; order.length < seen.length && k < 64 * seen.length; k++) {
    const cell = Math.floor(((0.5 + k * stepY) % 1) * density) * density + Math.floor(((0.5 + k * stepX) % 1) * density);
    if (seen[cell]) continue;
    seen[cell] = 1;
    order.push(cell);
  }
  for (let cell = 0; cell < seen.length; cell++) if (!seen[cell]) order.push(cell);
  known.set(density, order);
  return order;
};
