/** What the window may do: stay on the app's own page, open nothing, and be asked for nothing but the camera. */
import type { Session, WebContents } from 'electron';

const appOrigin = 'app://main';
export const appUrl = `${appOrigin}/index.html`;

const hasOrigin = (url: string, origin: string): boolean => {
  try {
    const parsed = new URL(url);
    // Custom schemes have the origin "null" outside Chromium, so scheme and host are compared.
    return `${parsed.protocol}//${parsed.host}` === origin;
  } catch {
    return false;
  }
};

/** A page of the app; the development server counts as one in development only. */
export const isAppUrl = (url: string, devServer: string | null = null): boolean =>
  hasOrigin(url, appOrigin) || (devServer !== null && hasOrigin(url, new URL(devServer).origin));

/** The part of a frame that says who sent a message. */
export interface SenderFrame {
  readonly url: string;
  readonly parent: unknown;
}

/** A message counts only when it comes from the main frame of the app's own page. */
export const isTrustedSender = (frame: SenderFrame | null, devServer: string | null = null): boolean =>
  frame !== null && frame.parent === null && isAppUrl(frame.url, devServer);

/** Every way out of the page is closed. */
export const guardContents = (contents: WebContents): void => {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
};

/** Only the camera (without sound) and putting text on the clipboard, and only for the app's page. */
export const isAllowedPermission = (
  permission: string,
  url: string,
  mediaTypes: readonly string[],
  devServer: string | null = null,
): boolean => {
  if (!isAppUrl(url, devServer)) return false;
  if (permission === 'clipboard-sanitized-write') return true;
  return permission === 'media' && mediaTypes.length > 0 && mediaTypes.every((type) => type === 'video');
};

/** @param askForCamera asks the system, where that has a say of its own */
export const guardSession = (session: Session, devServer: string | null, askForCamera: () => Promise<boolean>): void => {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const mediaTypes = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    if (!details.isMainFrame || !isAllowedPermission(permission, details.requestingUrl, mediaTypes, devServer)) answer(false);
    else if (permission !== 'media') answer(true);
    else askForCamera().then(answer, () => answer(false));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin, details) =>
      details.isMainFrame && isAllowedPermission(permission, origin, [details.mediaType ?? 'unknown'], devServer),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
};
