/** The window's options, as plain data that tests can look at. */
import type { BrowserWindowConstructorOptions } from 'electron';

export interface WindowBounds {
  width: number;
  height: number;
  x?: number | undefined;
  y?: number | undefined;
  isMaximized: boolean;
}

export const defaultBounds: WindowBounds = { width: 1440, height: 900, isMaximized: false };

/** @param hasDevTools not in a release */
export const windowOptions = (
  preload: string,
  bounds: WindowBounds,
  isDark: boolean,
  hasDevTools: boolean,
): BrowserWindowConstructorOptions => ({
  width: bounds.width,
  height: bounds.height,
  ...(bounds.x !== undefined && bounds.y !== undefined && { x: bounds.x, y: bounds.y }),
  minWidth: 900,
  minHeight: 560,
  // Shown when the first picture of the page is there, in the page's own colour until then.
  show: false,
  backgroundColor: isDark ? '#0f1114' : '#eceef1',
  title: 'SAM2 Video',
  webPreferences: {
    preload,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: hasDevTools,
  },
});

/** Bounds as kept from the last run, or the default when they lie on no screen any more. */
export const restoredBounds = (
  kept: WindowBounds,
  screens: readonly { x: number; y: number; width: number; height: number }[],
): WindowBounds => {
  const { x, y, width, height } = kept;
  if (x === undefined || y === undefined) return kept;
  // Enough of the title bar must be there to grab.
  const isReachable = screens.some((s) => x + width > s.x + 80 && x < s.x + s.width - 80 && y >= s.y - 8 && y < s.y + s.height - 40);
  return isReachable ? kept : { width: Math.min(width, 1440), height: Math.min(height, 900), isMaximized: kept.isMaximized };
};
