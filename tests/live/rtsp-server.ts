/**
 * An RTSP server on loopback for tests: H.264 that ffmpeg makes at its own pace, over the connection of the client
 * (interleaved). It can want a password, fall silent, and be killed and come back.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket as Udp } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const bind = async (): Promise<Udp> => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
};

export class RtspServer {
  readonly #ffmpeg: string;
  readonly #password: string | null;
  readonly #players = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  #encoder: ChildProcess | null = null;
  #udp: Udp[] = [];
  #server: Server | null = null;
  #sdp = '';
  #port = 0;
  isSilent = false;
  /** How many asked to play. */
  plays = 0;

  /** @param password "name:password" that is asked for */
  constructor(ffmpeg: string, password: string | null = null) {
    this.#ffmpeg = ffmpeg;
    this.#password = password;
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.#port}/camera`;
  }

  /** @param size of the picture */
  async start(size = '320x180'): Promise<void> {
    await this.#encode(size);
    await this.listen();
  }

  /** Comes (back) under its port. */
  async listen(): Promise<void> {
    this.#server = createServer((socket) => this.#serve(socket));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Its connections break, and no new ones are taken. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  async close(): Promise<void> {
    await this.kill();
    this.#encoder?.kill('SIGKILL');
    for (const socket of this.#udp) socket.close();
    this.#udp = [];
  }

  async #encode(size: string): Promise<void> {
    const [rtp, rtcp] = [await bind(), await bind()];
    this.#udp = [rtp, rtcp];
    for (const [channel, socket] of this.#udp.entries()) socket.on('message', (data) => this.#forward(channel, data));
    const input = ['-re', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=10`];
    const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '5', '-pix_fmt', 'yuv420p'];
    const headers = ['-flags', '+global_header', '-bsf:v', 'dump_extra=freq=keyframe'];
    const output = ['-f', 'rtp', `rtp://127.0.0.1:${rtp.address().port}?rtcpport=${rtcp.address().port}&pkt_size=1300`];
    this.#encoder = spawn(this.#ffmpeg, ['-v', 'error', ...input, ...video, ...headers, ...output], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    // It says what it sends in an SDP, which ends with the format's parameters.
    for await (const line of createInterface({ input: this.#encoder.stdout! })) {
      if (!/^(SDP:|)$/.test(line.trim())) lines.push(line.trim());
      if (line.startsWith('a=fmtp')) break;
    }
    this.#sdp = [...lines.filter((line) => !line.startsWith('c=')), 'a=control:streamid=0', ''].join('\r\n');
  }

  #forward(channel: number, data: Buffer): void {
    if (this.isSilent) return;
    const header = Buffer.from([0x24, channel, data.length >> 8, data.length & 255]);
    for (const player of this.#players) player.write(Buffer.concat([header, data]));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let rest = '';
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#players.delete(socket);
    });
    socket.setEncoding('latin1').on('data', (text: string) => {
      rest += text;
      for (;;) {
        // What the player tells of its reception.
        while (rest.startsWith('$') && rest.length >= 4) {
          const length = 4 + rest.charCodeAt(2) * 256 + rest.charCodeAt(3);
          if (rest.length < length) return;
          rest = rest.slice(length);
        }
        const end = rest.indexOf('\r\n\r\n');
        if (end < 0) return;
        this.#answer(socket, rest.slice(0, end));
        rest = rest.slice(end + 4);
      }
    });
  }

  #answer(socket: Socket, request: string): void {
    const [method] = request.split(' ');
    const sequence = /^CSeq: *(\d+)/im.exec(request)?.[1] ?? '0';
    const reply = (status: string, headers: string[] = [], body = ''): void => {
      socket.write([`RTSP/1.0 ${status}`, `CSeq: ${sequence}`, ...headers, `Content-Length: ${body.length}`, '', body].join('\r\n'));
    };
    const given = /^Authorization: Basic (\S+)/im.exec(request)?.[1];
    if (this.#password && given !== Buffer.from(this.#password).toString('base64')) {
      reply('401 Unauthorized', ['WWW-Authenticate: Basic realm="camera"']);
      return;
    }
    if (method === 'OPTIONS') reply('200 OK', ['Public: DESCRIBE, SETUP, TEARDOWN, PLAY, GET_PARAMETER']);
    else if (!request.split('\r\n')[0]!.includes('/camera')) reply('404 Not Found');
    else if (method === 'DESCRIBE') reply('200 OK', ['Content-Type: application/sdp', `Content-Base: ${this.url}/`], this.#sdp);
    else if (method === 'SETUP') reply('200 OK', ['Transport: RTP/AVP/TCP;unicast;interleaved=0-1', 'Session: 1234;timeout=60']);
    else {
      reply('200 OK', ['Session: 1234']);
      if (method === 'PLAY') {
        this.plays++;
        this.#players.add(socket);
      }
      if (method === 'TEARDOWN') socket.end();
    }
  }
}
