/**
 * Colours of objects in the order they are made: far apart in hue, and apart in lightness for those who see fewer hues.
 */
const colors = ['#ff5a5f', '#2ec4ff', '#ffd23f', '#7bd65b', '#c77dff', '#ff9f45', '#3ddcc8', '#ff70c0', '#8aa0ff', '#d4e157'] as const;

/** @param objectId 1-based */
export const objectColor = (objectId: number): string => colors[(objectId - 1) % colors.length]!;
