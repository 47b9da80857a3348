/**
 * A real HTTP server on loopback that serves one file, well or badly: each request takes the next of the given replies,
 * the last for good.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Reply = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

export interface SeenRequest {
  path: string;
  range: string | undefined;
  ifRange: string | undefined;
}

export const etag = '"one"';

/** First byte that a request asks for; 0 without a range. */
const startOf = (request: IncomingMessage): number => Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);

const head = (response: ServerResponse, body: Buffer, start: number, extra: Record<string, string>): void => {
  const range = start > 0 ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {};
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': String(body.length - start), etag, ...range, ...extra });
};

/** As a good server: ranges under If-Range, an ETag, a length. */
export const whole: Reply = (request, response, body) => {
  const ifRange = request.headers['if-range'];
  const start = ifRange === undefined || ifRange === etag ? startOf(request) : 0;
  if (start >= body.length) {
    response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    return;
  }
  head(response, body, start, {});
  response.end(body.subarray(start));
};

/** Sends `bytes` of what is asked for and breaks the connection. */
export const cutAfter =
  (bytes: number): Reply =>
  (request, response, body) => {
    const start = startOf(request);
    head(response, body, start, {});
    response.write(body.subarray(start, start + bytes), () => response.socket?.destroy());
  };

/** The whole file whatever was asked for. */
export const ignoringRanges: Reply = (_request, response, body) => {
  response.writeHead(200, { 'content-length': String(body.length), etag });
  response.end(body);
};

export const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  (_request, response) =>
    void response.writeHead(code, headers).end(`answer ${code}`);

/** Other bytes of the same length, or any others. */
export const serving =
  (other: Buffer, headers: Record<string, string> = {}): Reply =>
  (_request, response) => {
    response.writeHead(200, { 'content-length': String(other.length), ...headers });
    response.end(other);
  };

/** Announces `announced` bytes and sends the file. */
export const announcing =
  (announced: number): Reply =>
  (_request, response, body) => {
    response.writeHead(200, { 'content-length': String(announced), etag });
    response.write(body.subarray(0, Math.min(announced, body.length)), () => response.socket?.destroy());
  };

/** Announces nothing and sends `data` in pieces. */
export const chunked =
  (data: Buffer): Reply =>
  (_request, response) => {
    response.writeHead(200, { etag });
    for (let at = 0; at < data.length; at += 8192) response.write(data.subarray(at, at + 8192));
    response.end();
  };

/** Sends `bytes` and then nothing more. */
export const stallAfter =
  (bytes: number): Reply =>
  (request, response, body) => {
    const start = startOf(request);
    head(response, body, start, {});
    response.write(body.subarray(start, start + bytes));
  };

export class CheckpointServer implements AsyncDisposable {
  readonly requests: SeenRequest[] = [];
  readonly #server: Server;
  #waiting: (() => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(body: Buffer, ...replies: Reply[]): Promise<CheckpointServer> {
    let asked = 0;
    const server = createServer((request, response) => {
      const reply = replies[Math.min(asked++, replies.length - 1)] ?? whole;
      started.requests.push({ path: request.url ?? '', range: request.headers.range, ifRange: request.headers['if-range'] as string });
      for (const wake of started.#waiting.splice(0)) wake();
      response.on('error', () => {});
      reply(request, response, body);
    });
    const started = new CheckpointServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when `count` requests have come. */
  async asked(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
