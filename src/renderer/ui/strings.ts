/** Words of the building blocks. */
export const uiText = { close: 'Close' };
