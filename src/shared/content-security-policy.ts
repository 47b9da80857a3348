/**
 * The policy on every response of either host: nothing but the app's own files, no inline script or style, and no text
 * that becomes a script (Trusted Types, without any policy that could make one).
 */
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
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
