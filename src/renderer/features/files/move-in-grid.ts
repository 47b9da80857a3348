/** Where an arrow key leads in cards that wrap into rows. Pure: the caller measures. */

/**
 * @param index the card with the focus; -1 when none has it
 * @param columns cards in a row
 * @returns the card that gets it; null for a key that moves nothing
 */
export const moveInGrid = (key: string, index: number, count: number, columns: number): number | null => {
  if (count === 0) return null;
  const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = steps[key];
  if (step === undefined) return null;
  if (index === -1) return 0;
  const next = index + step;
  if (next >= 0 && next < count) return next;
  // Down from the row before the last one leads to the last card, wherever that is in its row.
  const isShortLast = step > 1 && Math.floor(index / columns) < Math.floor((count - 1) / columns);
  return isShortLast ? count - 1 : index;
};
