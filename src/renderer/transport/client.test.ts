import { expect, it, vi } from 'vitest';
import { encodeFrameMessage } from '../../shared/wire.ts';
import { createClient } from './client.ts';
import { TransportBase } from './transport.ts';

class TestTransport extends TransportBase {
  readonly sent: { id: number; m: string; a: unknown }[] = [];
  send(message: unknown): void {
    this.sent.push(message as { id: number; m: string; a: unknown });
  }
  close(): void {
    this.setLinkState('closed');
  }
  open(): this {
    this.setLinkState('open');
    return this;
  }
  receive(message: unknown): void {
    this.messages.emit(message);
  }
  receiveBinary(data: ArrayBuffer): void {
    this.binaries.emit(data);
  }
}

const sessionId = '6f1b3f0e-58c8-4b1d-9f43-0d1c2e3f4a5b';

const connected = () => {
  const transport = new TestTransport().open();
  return { transport, client: createClient(transport) };
};

it('answers reach their own call, in any order', async () => {
  const { transport, client } = connected();
  const first = client.call('object.add', { sessionId });
  const second = client.call('object.add', { sessionId, name: 'b' });
  transport.receive({ t: 'res', id: transport.sent[1]!.id, ok: true, r: { objectId: 2 } });
  transport.receive({ t: 'res', id: transport.sent[0]!.id, ok: true, r: { objectId: 1 } });
  expect([await first, await second]).toEqual([{ objectId: 1 }, { objectId: 2 }]);
});

it('an error comes back as itself', async () => {
  const { transport, client } = connected();
  const call = client.call('session.open', { path: 'x' });
  transport.receive({ t: 'err', id: transport.sent[0]!.id, e: { code: 'source-missing', message: 'x is not there.' } });
  await expect(call).rejects.toMatchObject({ name: 'AppError', code: 'source-missing', message: 'x is not there.' });
});

it('an answer of the wrong shape fails its call', async () => {
  const { transport, client } = connected();
  const call = client.call('object.add', { sessionId });
  transport.receive({ t: 'res', id: transport.sent[0]!.id, ok: true, r: { objectId: 'one' } });
  await expect(call).rejects.toMatchObject({ code: 'bad-request' });
});

it('every waiting call fails when the link is lost, and so does one made without it', async () => {
  const { transport, client } = connected();
  const calls = [client.call('object.add', { sessionId }), client.call('app.state', {})];
  transport.close();
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'engine-lost' });
  await expect(client.call('object.add', { sessionId })).rejects.toMatchObject({ code: 'engine-lost' });
});

it('messages and pictures that can not be read are told, and do not throw', () => {
  const { transport, client } = connected();
  const onProblem = vi.fn();
  client.onProtocolError(onProblem);
  transport.receive({ t: 'state', state: { revision: 'x' } });
  transport.receive('nonsense');
  transport.receiveBinary(new ArrayBuffer(7));
  expect(onProblem).toHaveBeenCalledTimes(3);
});

it('pictures are decoded', () => {
  const { transport, client } = connected();
  const onFrame = vi.fn();
  client.onFrame(onFrame);
  const message = { sessionId, requestId: 0, frame: 4, timeMs: 160, width: 0, height: 0, colorSpace: 'bt709' as const, fullRange: false };
  transport.receiveBinary(encodeFrameMessage({ ...message, planes: new Uint8Array(0), overlays: [] }));
  expect(onFrame).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ sessionId, frame: 4, timeMs: 160, overlays: [] }));
});
