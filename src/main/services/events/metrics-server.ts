/** Serves /metrics and /healthz on 127.0.0.1. They say nothing of what is seen, so they need no token. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../../shared/errors.ts';

export interface MetricsServer {
  port: number;
  close(): void;
}

/** A name that merely resolves to 127.0.0.1 is none of these: no page may read the figures. */
const isLocal = (host: string | undefined): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');

/** @throws AppError `busy` where the port is taken */
export const serveMetrics = async (port: number, text: () => Promise<string>, isWell: () => boolean): Promise<MetricsServer> => {
  const server: Server = createServer(async (request, response) => {
    const answer = (code: number, body: string, type = 'text/plain'): void => {
      response.writeHead(code, { 'content-type': type }).end(body);
    };
    if (!isLocal(request.headers.host)) return answer(403, 'not for you\n');
    if (request.method !== 'GET') return answer(405, 'only GET\n');
    if (request.url === '/healthz') return answer(isWell() ? 200 : 503, isWell() ? 'ok\n' : 'not ready\n');
    if (request.url !== '/metrics') return answer(404, 'not found\n');
    try {
      answer(200, await text(), 'text/plain; version=0.0.4; charset=utf-8');
    } catch {
      answer(500, 'The figures could not be read.\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new AppError(
              'busy',
              `The metrics are not served: port ${port} is used by another program, perhaps by Prometheus itself. Choose another with the setting metrics.port (METRICS_PORT).`,
              { cause },
            )
          : cause,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
