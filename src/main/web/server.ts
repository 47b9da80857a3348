/**
 * The web host: the same services as the desktop, over HTTP and a WebSocket on 127.0.0.1 with a token. Text messages
 * are the contract's, binary ones are frame messages.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { contentSecurityPolicy } from '../../shared/content-security-policy.ts';
import { AppError } from '../../shared/errors.ts';
import type { Services } from '../services/app/services.ts';
import { ClientOutbox } from './client-outbox.ts';
import { isAllowedHost, isAllowedOrigin, isToken } from './request-guard.ts';
import { fileInside, sendFile } from './static-files.ts';

export interface WebHostOptions {
  services: Services;
  /** The built window (out/renderer). */
  rendererDir: string;
  /** 0 = any free port. */
  port: number;
  /** For tests; random by default. */
  token?: string | undefined;
}

export interface WebHost {
  /** The address to open, token included. */
  url: string;
  port: number;
  /** Bytes that wait for clients that have not read them. */
  readonly waitingBytes: number;
  close(): Promise<void>;
}

const mostMessageBytes = 4 * 2 ** 20;

const headers = {
  'content-security-policy': contentSecurityPolicy(),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=()',
};

/** Where an export's file is fetched from; the client adds its token. */
export const exportUrl = (operationId: string, name: string): string => `/exports/${operationId}/${encodeURIComponent(name)}`;

export const startWebHost = async (options: WebHostOptions): Promise<WebHost> => {
  const { services, rendererDir } = options;
  const token = options.token ?? randomBytes(24).toString('base64url');
  let port = options.port;

  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (!isAllowedHost(request.headers, port) || !isAllowedOrigin(request.headers, port)) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('The app was not started at this address.');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const exported = /^\/exports\/([^/]+)\/([^/]+)$/.exec(url.pathname);
    if (exported) {
      const output = isToken(url.searchParams.get('token'), token)
        ? services.operations.get(exported[1]!)?.outputs.find((o) => o.url === url.pathname)
        : undefined;
      if (output) void sendFile(request, response, output.path);
      else response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
      return;
    }
    const file = fileInside(rendererDir, url.pathname);
    if (file) void sendFile(request, response, file);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: mostMessageBytes, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const isWelcome =
      url.pathname === '/ws' &&
      isAllowedHost(request.headers, port) &&
      isAllowedOrigin(request.headers, port) &&
      isToken(url.searchParams.get('token'), token);
    if (!isWelcome) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => attach(services, client));
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new AppError('busy', `Port ${port} is in use by another program. Choose another with --port, or 0 for any.`, { cause })
          : cause,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;

  return {
    url: `http://127.0.0.1:${port}/?token=${token}`,
    port,
    get waitingBytes() {
      return [...sockets.clients].reduce((sum, client) => sum + client.bufferedAmount, 0);
    },
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const attach = (services: Services, socket: WebSocket): void => {
  const outbox = new ClientOutbox(socket);
  const connection = services.connect({
    send: (message) => outbox.send(message),
    sendBinary: (data) => outbox.sendBinary(data),
  });
  socket.on('message', (data, isBinary) => {
    if (isBinary) return;
    try {
      connection.receive(JSON.parse(data.toString()));
    } catch {
      socket.close(1007, 'not JSON');
    }
  });
  socket.on('close', () => connection.close());
  socket.on('error', () => socket.terminate());
};
