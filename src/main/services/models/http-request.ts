/** One GET over https, with redirects followed by our own rules. Nothing is cached, no cookie or credential is sent. */
import { Agent as HttpAgent, get as httpGet, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import { AppError } from '../../../shared/errors.ts';
import { checkRedirect, type ProxyEnvironment } from './download-address.ts';

export interface HttpAnswer {
  /** Where the redirects ended. */
  url: URL;
  status: number;
  headers: IncomingHttpHeaders;
  body: IncomingMessage;
}

const redirects = new Set([301, 302, 303, 307, 308]);
const mostRedirects = 5;

/** @throws AppError `not-allowed` for a redirect that is not followed; else what Node throws */
export const getFile = async (
  address: URL,
  headers: Record<string, string>,
  options: { proxy: ProxyEnvironment; signal: AbortSignal },
): Promise<HttpAnswer> => {
  let url = address;
  for (let followed = 0; ; followed++) {
    const body = await getOnce(url, headers, options);
    const status = body.statusCode ?? 0;
    const { location } = body.headers;
    if (!redirects.has(status) || location === undefined) return { url, status, headers: body.headers, body };
    body.destroy();
    if (followed === mostRedirects)
      throw new AppError('download-failed', `${address.host} sends the download round in circles. Try again later.`);
    url = checkRedirect(url, location);
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
