/** The policy on every response of either host: nothing but the app's own files, and no inline script or style. */
export const contentSecurityPolicy = (options: { connect?: string[]; media?: string[] } = {}): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    `media-src ${["'self'", 'blob:', ...(options.media ?? [])].join(' ')}`,
    `connect-src ${["'self'", ...(options.connect ?? [])].join(' ')}`,
    "font-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "frame-src 'none'",
  ].join('; ');
