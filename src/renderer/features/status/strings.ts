/** Words of the top bar and the status bar. */
export const statusText = {
  theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
};
