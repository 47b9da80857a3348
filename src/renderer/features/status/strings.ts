/** Words of the top bar and the status bar. */
export const statusText = {
  theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
  engine: { starting: 'Engine starting', ready: 'Ready', restarting: 'Engine restarting', failed: 'Engine failed' },
  notConnected: 'Not connected',
  tracking: 'Tracking',
  modelTitle: (provider: string, reason: string): string => `${provider}: ${reason}. Click for other models.`,
  chooseModel: 'Choose a model',
  noModel: 'No model',
  speed: (rate: string): string => `${rate} frames/s`,
  showDownload: 'Show the download',
  downloading: (name: string): string => `Downloading ${name}`,
  kinds: { track: 'Tracking', export: 'Export' },
  progressOf: (kind: string): string => `${kind}: how far`,
  left: (duration: string): string => `${duration} left`,
  stop: (kind: string): string => `Stop: ${kind}`,
};
