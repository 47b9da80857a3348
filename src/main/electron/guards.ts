/** What the window may do: stay on the app's own page, open nothing, and be asked for nothing but the camera. */
import type { Session, WebContents } from 'electron';

export const appOrigin = 'app://main';
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

/** Only the camera (without sound), and only for the app's page. */
export const isAllowedPermission = (
  permission: string,
  url: string,
  mediaTypes: readonly string[],
  devServer: string | null = null,
): boolean => permission === 'media' && isAppUrl(url, devServer) && mediaTypes.length > 0 && mediaTypes.every((type) => type === 'video');

export const guardSession = (session: Session, devServer: string | null): void => {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    const mediaTypes = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    answer(isAllowedPermission(permission, contents.getURL(), mediaTypes, devServer));
  });
  session.setPermissionCheckHandler((_contents, permission, origin, details) =>
    isAllowedPermission(permission, origin, [details.mediaType ?? 'unknown'], devServer),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
};
