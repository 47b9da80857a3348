/** The sample clip over and over as a live MPEG-TS stream on loopback, to one who asks for `/live.ts`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { root } from './web-host.ts';

export interface StreamServer {
  url: string;
  /** Ends what is being sent, and sends nothing more. */
  breakOff(): void;
  close(): void;
}

const sampleWithoutEnd = ['-v', 'error', '-re', '-stream_loop', '-1', '-i', join(root, 'tests/fixtures/cartoon/sample.mp4')];

export const startStream = async (): Promise<StreamServer> => {
  const running = new Set<ChildProcess>();
  const answers = new Set<ServerResponse>();
  let isGone = false;
  const server: Server = createServer((_request, response) => {
    if (isGone) return response.writeHead(503).end();
    answers.add(response);
    const args = [...sampleWithoutEnd, '-an', '-c', 'copy', '-f', 'mpegts', '-'];
    const child = spawn(process.env.FFMPEG_PATH ?? 'ffmpeg', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    running.add(child);
    child.stdout.pipe(response.writeHead(200, { 'content-type': 'video/mp2t' }));
    response.on('close', () => child.kill('SIGKILL'));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const breakOff = (): void => {
    isGone = true;
    for (const answer of answers) answer.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/live.ts`,
    breakOff,
    close: () => {
      breakOff();
      for (const child of running) child.kill('SIGKILL');
      server.close();
    },
  };
};
