/**
 * Events reach every listener, a signal ends a call's work on the other side, and a peer that closes leaves no call
 * open.
 */
import { expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { RpcPeer } from './rpc.ts';
import { linkedPorts } from './testing/linked-ports.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('tells an event to every listener, until it is taken away', async () => {
  const [a, b] = linkedPorts();
  const peer = new RpcPeer<Record<string, never>, { frame: number }>(a);
  const sender = new RpcPeer(b);
  const told: string[] = [];
  const note = (name: string) => (frame: number) => void told.push(`${name} ${frame}`);
  const twice = note('twice');
  const removals = [peer.on('frame', note('first')), peer.on('frame', twice), peer.on('frame', twice)];
  await sender.emit('frame', 1);
  await settled();
  expect(told.splice(0)).toEqual(['first 1', 'twice 1', 'twice 1']);
  removals[1]!();
  removals[1]!();
  await sender.emit('frame', 2);
  await settled();
  expect(told.splice(0)).toEqual(['first 2', 'twice 2']);
  for (const remove of removals) remove();
  await sender.emit('frame', 3);
  await settled();
  expect(told).toEqual([]);
});

const methods = {
  wait: (_: object, signal: AbortSignal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new AppError('cancelled', 'ended')))),
  finish: (_: object, signal: AbortSignal) =>
    new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('what there was'))),
  ignore: async (_: object) => 'whole',
};

const setUp = () => {
  const [a, b] = linkedPorts();
  const server = new RpcPeer(b, methods);
  return { peer: new RpcPeer<typeof methods>(a), server };
};

it('ends a call by its signal, with whatever the method makes of it, and no other call', async () => {
  const { peer } = setUp();
  const [one, other] = [new AbortController(), new AbortController()];
  const calls = [peer.call('wait', {}, { signal: one.signal }), peer.call('finish', {}, { signal: other.signal })];
  one.abort();
  await expect(calls[0]).rejects.toMatchObject({ code: 'cancelled', message: 'ended' });
  expect(peer.waiting).toBe(1);
  other.abort();
  expect(await calls[1]).toBe('what there was');
  expect(peer.waiting).toBe(0);
});

it('does not begin a call whose signal has fired, and takes one that fires too late', async () => {
  const { peer } = setUp();
  await expect(peer.call('ignore', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  const late = new AbortController();
  expect(await peer.call('ignore', {}, { signal: late.signal })).toBe('whole');
  late.abort();
  expect(await peer.call('ignore', {})).toBe('whole');
});

it('ends what it serves when it is closed', async () => {
  const { peer, server } = setUp();
  const call = peer.call('wait', {});
  await settled();
  server.close(new AppError('engine-lost', 'gone'));
  await expect(call).rejects.toMatchObject({ code: 'cancelled' });
});

it('rejects every open call and every later one with the reason it is closed for', async () => {
  const { peer } = setUp();
  const reason = new AppError('engine-lost', 'The engine stopped.');
  const calls = [peer.call('wait', {}), peer.call('finish', {}), peer.call('ignore', {})];
  expect(peer.waiting).toBe(3);
  peer.close(reason);
  expect(await Promise.allSettled(calls)).toEqual(calls.map(() => ({ status: 'rejected', reason })));
  expect(peer.waiting).toBe(0);
  await expect(peer.call('ignore', {})).rejects.toBe(reason);
  // The answers that arrive late are nobody's.
  await settled();
  expect(peer.waiting).toBe(0);
});

it('gives an answer to the call it belongs to, whatever order they arrive in', async () => {
  const [a, b] = linkedPorts();
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const serving = {
    double: async ({ value }: { value: number }): Promise<number> => {
      await gates[value]!.promise;
      return value * 2;
    },
  };
  new RpcPeer(b, serving);
  const peer = new RpcPeer<typeof serving>(a);
  const ended: number[] = [];
  const calls = [0, 1].map((value) => peer.call('double', { value }).then((result) => ended.push(result)));
  gates[1]!.resolve();
  await calls[1];
  gates[0]!.resolve();
  await calls[0];
  expect(ended).toEqual([2, 0]);
});

it("carries a method's error with its code, and refuses a method that is not there", async () => {
  const [a, b] = linkedPorts();
  const fail = async (_: object): Promise<never> => {
    throw new AppError('disk-full', 'There is no space left.', { details: { folder: '/exports' } });
  };
  new RpcPeer(b, { fail });
  const peer = new RpcPeer<{ fail: typeof fail; vanished: typeof fail }>(a);
  const error = await peer.call('fail', {}).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code: 'disk-full', message: 'There is no space left.', details: { folder: '/exports' } });
  await expect(peer.call('vanished', {})).rejects.toMatchObject({ code: 'bad-request' });
});
