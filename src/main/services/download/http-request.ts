/**
 * One GET, with redirects followed by our own rules. Nothing is cached, no cookie is sent, and no password but the
 * address's own.
 */
import { Agent as HttpAgent, get as httpGet, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import { AppError } from '../../../shared/errors.ts';
import type { AddressRules, ProxyEnvironment } from './download-address.ts';

export interface HttpAnswer {
  /** Where the redirects ended. */
  url: URL;
  status: number;
  headers: IncomingHttpHeaders;
  /** Ends with Node's error when the connection breaks. */
  body: AsyncIterable<Buffer>;
  /** Ends the connection, whatever has come. */
  close(): void;
}

const redirects = new Set([301, 302, 303, 307, 308]);
const mostRedirects = 5;
/** Held in memory while the disk is behind. */
const mostQueuedBytes = 1 << 20;

/** @throws AppError `not-allowed` for a redirect that is not followed; else what Node throws */
export const getFile = async (
  address: URL,
  headers: Record<string, string>,
  options: { proxy: ProxyEnvironment; signal: AbortSignal; redirect: AddressRules['redirect'] },
): Promise<HttpAnswer> => {
  let url = address;
  for (let followed = 0; ; followed++) {
    const body = await getOnce(url, headers, options);
    const status = body.statusCode ?? 0;
    const { location } = body.headers;
    if (!redirects.has(status) || location === undefined) {
      return { url, status, headers: body.headers, body: received(body), close: () => body.destroy() };
    }
    body.destroy();
    if (followed === mostRedirects)
      throw new AppError('download-failed', `${address.host} redirects the download in circles. Try again later.`);
    url = options.redirect(url, location);
  }
};

const getOnce = (
  url: URL,
  headers: Record<string, string>,
  { proxy, signal }: { proxy: ProxyEnvironment; signal: AbortSignal },
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const isTls = url.protocol === 'https:';
    const agent = isTls ? new HttpsAgent({ proxyEnv: proxy }) : new HttpAgent({ proxyEnv: proxy });
    const request = (isTls ? httpsGet : httpGet)(url, { agent, headers, signal }, resolve);
    request.on('error', reject);
    request.on('close', () => agent.destroy());
  });

/**
 * What comes, piece by piece, from the moment this is called. A stream's own iterator drops what it holds when the
 * connection breaks; here everything that has come is given before the error is.
 */
const received = (body: IncomingMessage): AsyncIterable<Buffer> => {
  const queue: Buffer[] = [];
  let queuedBytes = 0;
  let end: { error: Error | null } | null = null;
  let wake = (): void => {};
  const finish = (error: Error | null): void => {
    end ??= { error };
    wake();
  };
  body.on('data', (chunk: Buffer) => {
    queue.push(chunk);
    queuedBytes += chunk.length;
    if (queuedBytes > mostQueuedBytes) body.pause();
    wake();
  });
  body.on('end', () => finish(null));
  body.on('error', finish);
  body.on('close', () => finish(body.complete ? null : new Error('the connection broke')));
  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const chunk = queue.shift();
        if (chunk) {
          yield chunk;
          queuedBytes -= chunk.length;
          if (queuedBytes <= mostQueuedBytes && body.isPaused()) body.resume();
        } else if (end) {
          if (end.error) throw end.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
};
