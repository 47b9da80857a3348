/** The name of the panel in the dock, as the preferences keep it. */
export const foundTab = 'found';
