/**
 * A camera over HTTP for tests: a moving pattern as MPEG-TS, that can refuse, talk nonsense, break off and change its
 * codec.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export class TsServer {
  readonly #ffmpeg: string;
  readonly #answers = new Set<ServerResponse>();
  readonly #encoders = new Set<ChildProcess>();
  #server: Server | null = null;
  /** What the next connections get. */
  mode: 'video' | 'forbidden' | 'missing' | 'garbage' = 'video';
  codec: 'libx264' | 'mpeg2video' = 'libx264';

  constructor(ffmpeg: string) {
    this.#ffmpeg = ffmpeg;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server!.address() as AddressInfo).port}/camera.ts`;
  }

  async start(): Promise<void> {
    this.#server = createServer((_, response) => this.#answer(response));
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  breakOff(): void {
    for (const answer of this.#answers) answer.destroy();
  }

  close(): void {
    this.breakOff();
    for (const encoder of this.#encoders) encoder.kill('SIGKILL');
    this.#server?.close();
  }

  #answer(response: ServerResponse): void {
    if (this.mode === 'forbidden' || this.mode === 'missing') {
      response.writeHead(this.mode === 'forbidden' ? 403 : 404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'video/mp2t' });
    if (this.mode === 'garbage') {
      response.end(randomBytes(200_000));
      return;
    }
    this.#answers.add(response);
    const input = ['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10', '-pix_fmt', 'yuv420p'];
    const encoder = this.codec === 'libx264' ? ['-preset', 'ultrafast', '-tune', 'zerolatency'] : ['-bf', '0'];
    const args = [...input, '-c:v', this.codec, ...encoder, '-g', '5', '-f', 'mpegts', 'pipe:1'];
    const child = spawn(this.#ffmpeg, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#encoders.add(child);
    child.stdout.pipe(response);
    child.on('exit', () => this.#encoders.delete(child));
    response.on('close', () => {
      this.#answers.delete(response);
      child.kill('SIGKILL');
    });
  }
}
