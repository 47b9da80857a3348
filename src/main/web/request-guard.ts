/** Who may talk to the web host: this machine's browser, by an address we printed, with the token. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Host names the page may be opened under; a name that merely resolves to 127.0.0.1 (DNS rebinding) is not among them.
 */
const localNames = ['127.0.0.1', 'localhost', '[::1]'];

const allowedHosts = (port: number): Set<string> => new Set(localNames.map((name) => `${name}:${port}`));

export const isAllowedHost = (headers: IncomingHttpHeaders, port: number): boolean =>
  headers.host !== undefined && allowedHosts(port).has(headers.host);

/** A request without Origin comes from no page (curl, a player); one with a foreign Origin comes from another site. */
export const isAllowedOrigin = (headers: IncomingHttpHeaders, port: number): boolean => {
  const { origin } = headers;
  if (origin === undefined) return true;
  return [...allowedHosts(port)].some((host) => origin === `http://${host}`);
};

export const isToken = (given: string | null, expected: string): boolean => {
  if (given === null) return false;
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
};
