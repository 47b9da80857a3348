/** Where a checkpoint may be fetched from, and through which proxy. */
import { AppError } from '../../../shared/errors.ts';

/** Instead of a model's own address: `<this>/<file name>`, for a mirror of one's own and for tests. */
export const addressVariable = 'SAM2_VIDEO_MODELS_URL';

export const isLoopback = (url: URL): boolean => ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);

/** https, or plain http to this machine. */
const isAllowed = (url: URL): boolean => url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));

const parse = (address: string, base?: URL): URL => {
  try {
    return new URL(address, base);
  } catch (cause) {
    throw new AppError('not-allowed', `"${address}" is not a valid address. Use one that starts with https://.`, { cause });
  }
};

/** @throws AppError `not-allowed` for anything but https (http on this machine) */
export const checkAddress = (address: string): URL => {
  const url = parse(address);
  if (isAllowed(url) && url.username === '' && url.password === '') return url;
  throw new AppError('not-allowed', `Models are downloaded over https only, not from ${url.origin}. Import the file from disk instead.`);
};

/** The next stop of a redirect. A download from the net never ends up at plain http nor on this machine. */
export const checkRedirect = (from: URL, location: string): URL => {
  const to = parse(location, from);
  if (isAllowed(to) && (isLoopback(from) || !isLoopback(to))) return to;
  throw new AppError(
    'not-allowed',
    `${from.origin} sent the download on to ${to.protocol}//${to.host}, which is not followed: only https is. Try again later, or import the file from disk.`,
  );
};

/** Which addresses a download may begin at, and which it may be sent on to. Both throw AppError `not-allowed`. */
export interface AddressRules {
  check: (address: string) => URL;
  redirect: (from: URL, location: string) => URL;
}

export const modelAddresses: AddressRules = { check: checkAddress, redirect: checkRedirect };

/**
 * The address of a model's checkpoint.
 * @param weights.url null = there is no official one
 */
export const checkpointAddress = (weights: { file: string; url: string | null }, env: NodeJS.ProcessEnv): string | null => {
  const base = env[addressVariable];
  if (base) return checkAddress(`${base.replace(/\/+$/, '')}/${encodeURIComponent(weights.file)}`).href;
  return weights.url || null;
};

/** Node's `proxyEnv` for an agent. */
export type ProxyEnvironment = Record<string, string>;

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** The app's own setting if there is one, else HTTP_PROXY, HTTPS_PROXY and NO_PROXY; NO_PROXY holds in either case. */
export const proxyEnvironment = (setting: string | null, env: NodeJS.ProcessEnv): ProxyEnvironment => {
  const found: ProxyEnvironment = {};
  for (const name of proxyNames) if (env[name]) found[name] = env[name];
  if (setting === null) return found;
  const except = found.NO_PROXY ?? found.no_proxy;
  return { HTTP_PROXY: setting, HTTPS_PROXY: setting, ...(except !== undefined && { NO_PROXY: except }) };
};

/** "" and null mean none. @throws AppError `bad-request` for what is no http(s) proxy */
export const checkProxy = (text: string | null): string | null => {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return null;
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '') return trimmed;
  throw new AppError('bad-request', `"${trimmed}" is not a proxy. Write it as http://host:port.`);
};

export const hasPassword = (proxy: string): boolean => new URL(proxy).password !== '';

/** A proxy as it may be shown and kept in the open. */
export const withoutPassword = (proxy: string): string => {
  if (!hasPassword(proxy)) return proxy;
  const url = new URL(proxy);
  url.password = '';
  return url.href.replace(/\/$/, '');
};
