/** A client that does not read: the host's memory stays bounded, and what it gets in the end is true. */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientOutbox, mostWaitingBytes, type OutSocket } from '../../src/main/web/client-outbox.ts';
import type { HostMessage } from '../../src/shared/contract.ts';
import { decodeFrameMessage, encodeFrameMessage } from '../../src/shared/wire.ts';
import { type ScriptedHost, startScriptedHost } from './scripted-host.ts';
import { TestWindow, token } from './test-window.ts';

const picture = (requestId: number, frame: number, side = 512): ArrayBuffer =>
  encodeFrameMessage({
    sessionId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    requestId,
    frame,
    timeMs: 0,
    width: side,
    height: side,
    colorSpace: 'bt709',
    fullRange: false,
    planes: new Uint8Array(side * side * 1.5),
    overlays: [],
  });
const stateOf = (revision: number): HostMessage => ({ t: 'state', state: { revision } as never });

/** A socket whose other end reads when the test says so. */
class HeldSocket implements OutSocket {
  readonly got: (string | ArrayBuffer)[] = [];
  readonly #held: { data: string | ArrayBuffer; onLeft: () => void }[] = [];
  isPaused = false;
  mostBuffered = 0;

  get bufferedAmount(): number {
    return this.#held.reduce((sum, { data }) => sum + (typeof data === 'string' ? data.length : data.byteLength), 0);
  }
  send(data: string | ArrayBuffer, onLeft: () => void): void {
    this.#held.push({ data, onLeft });
    this.mostBuffered = Math.max(this.mostBuffered, this.bufferedAmount);
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  read(): void {
    for (let item = this.#held.shift(); item; item = this.#held.shift()) {
      this.got.push(item.data);
      item.onLeft();
    }
  }
}

describe('the outbox', () => {
  it('drops pushed pictures but the newest, keeps the newest state, and every answer', () => {
    const socket = new HeldSocket();
    const outbox = new ClientOutbox(socket);
    for (let i = 1; i <= 500; i++) {
      outbox.sendBinary(picture(0, i));
      outbox.send(stateOf(i));
      if (i % 100 === 0) outbox.send({ t: 'res', id: i, ok: true, r: {} });
    }
    expect(socket.mostBuffered).toBeLessThan(mostWaitingBytes + 2 ** 20);
    expect(socket.isPaused).toBe(true);
    socket.read();
    expect(socket.isPaused).toBe(false);
    const texts = socket.got.filter((data) => typeof data === 'string').map((text) => JSON.parse(text) as HostMessage);
    expect(texts.filter(({ t }) => t === 'res').map((message) => (message as { id: number }).id)).toEqual([100, 200, 300, 400, 500]);
    expect(texts.findLast(({ t }) => t === 'state')).toEqual(stateOf(500));
    const frames = socket.got.filter((data) => typeof data !== 'string').map((data) => decodeFrameMessage(data).frame);
    expect(frames.length).toBeLessThan(40);
    expect(frames.at(-1)).toBe(500);
    expect(frames).toEqual([...frames].sort((a, b) => a - b));
  });

  it('drops no picture that was asked for', () => {
    const socket = new HeldSocket();
    const outbox = new ClientOutbox(socket);
    for (let i = 1; i <= 40; i++) outbox.sendBinary(picture(i, i));
    socket.read();
    expect(socket.got).toHaveLength(40);
  });

  it('holds nothing back from a client that reads', () => {
    const socket = new HeldSocket();
    const outbox = new ClientOutbox(socket);
    for (let i = 1; i <= 100; i++) {
      outbox.sendBinary(picture(0, i));
      outbox.send(stateOf(i));
      socket.read();
    }
    expect(socket.got).toHaveLength(200);
  });
});

describe('over a real socket', () => {
  let app: ScriptedHost;
  beforeEach(async () => {
    app = await startScriptedHost();
  });
  afterEach(() => app.close());

  /** Shakes hands as a browser does, and reads nothing after that. */
  const silentClient = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(app.host.port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('readable', () => resolve(socket));
      socket.write(
        `GET /ws?token=${token} HTTP/1.1\r\nHost: 127.0.0.1:${app.host.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
    });

  it('a silent client costs a bounded amount while another one sees the whole run', async () => {
    const silent = await silentClient();
    const window = await TestWindow.open(app.host.port);
    await window.call('session.open', { path: app.clip });
    await window.call('object.add');
    await window.call('prompt.set', { objectId: 1, frame: 0, points: [{ x: 5, y: 5, label: 1 }], box: null });
    const large = picture(0, 7, 1024);
    let most = 0;
    for (let i = 0; i < 400; i++) {
      app.sendToAll(large);
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, app.host.waitingBytes);
    }
    expect(most).toBeGreaterThan(mostWaitingBytes / 2);
    // Two clients with what each may have waiting, and one picture more.
    expect(most).toBeLessThan(2 * (mostWaitingBytes + 2 * large.byteLength));
    const started = await window.call('track.start', { direction: 'forward', to: 200 });
    await app.services.operations.ended((started as { r: { operationId: string } }).r.operationId);
    await window.until(() => window.state?.operations.at(-1)?.state === 'done');
    await window.until(() => (window.state?.session?.objects[0]?.results[0]?.[1] ?? 0) >= 200);
    expect(window.state!.session!.objects[0]!.results).toEqual([[0, 200]]);
    silent.destroy();
  });

  it.each([
    ['more than a message may be', 'x'.repeat(4 * 2 ** 20 + 1), 1009],
    ['no JSON', '{', 1007],
  ])('%s ends the connection, and no other', async (_what, text, code) => {
    const [bad, good] = [await TestWindow.open(app.host.port), await TestWindow.open(app.host.port)];
    const closed = new Promise<number>((resolve) => bad.socket.once('close', resolve));
    bad.socket.on('error', () => {});
    bad.socket.send(text);
    expect(await closed).toBe(code);
    expect(await good.call('app.state')).toMatchObject({ t: 'res' });
  });
});
